import type { Admin } from 'kafkajs';
import type { TopicLayout } from './kafka-options.js';

/** From this many replicas on, one may be away and two must have a record before it is confirmed. */
const replicasForTwoInSync = 3;

/** Creates those of `topics` that do not exist. Several processes may do so at once; existing topics stay as they are. */
export async function createMissingTopics(admin: Admin, topics: readonly string[], layout: TopicLayout): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  const minInSync = layout.replicationFactor >= replicasForTwoInSync ? '2' : '1';
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map((topic) => ({
      topic,
      numPartitions: layout.partitions,
      replicationFactor: layout.replicationFactor,
      configEntries: [{ name: 'min.insync.replicas', value: minInSync }],
    })),
  });
}
