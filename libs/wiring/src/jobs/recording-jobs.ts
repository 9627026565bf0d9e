import type { Container } from 'inversify';
import { T } from '../tokens.js';
import type { Job } from './job.js';
import { upkeepJobs } from './upkeep-jobs.js';

/** What a worker does on a schedule, and `ferry jobs run` at once. */
export const recordingJobs = (container: Container): readonly Job[] => [
  stagingJob(container),
  ...upkeepJobs(container),
];

/** Each staging table has a leader of its own, so several workers share them. */
function stagingJob(container: Container): Job {
  const [sources, drain] = [container.get(T.StagingSources), container.get(T.DrainStaging)];
  const { STAGING_INTERVAL_SECONDS: everySeconds } = container.get(T.WorkerSettings);
  return {
    name: 'staging',
    schedule: { everySeconds },
    parts: async () =>
      (await sources.list())
        .filter(({ enabled }) => enabled)
        .map((source) => ({
          tenantId: source.tenantId,
          name: `staging ${source.table}`,
          run: (signal) => drain.run(source, signal),
        })),
  };
}
