import type { JobProgress } from '@ferry/recording';
import type { Container } from 'inversify';
import { T } from '../tokens.js';
import type { Job } from './job.js';
import { upkeepJobs } from './upkeep-jobs.js';
import { wholeJob } from './whole-job.js';

const DAY_MS = 86_400_000;

/** What a worker does on a schedule, and `ferry jobs run` at once. */
export const recordingJobs = (container: Container): readonly Job[] => [
  stagingJob(container),
  wholeJob('rejected-webhooks', { cron: '17 * * * *' }, () => forgetRejected(container)),
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

/** Bodies that nobody has replayed for long. */
async function forgetRejected(container: Container): Promise<JobProgress> {
  const { REJECTED_WEBHOOK_DAYS: days } = container.get(T.WorkerSettings);
  const before = new Date(container.get(T.Clock).now().getTime() - days * DAY_MS);
  return { more: (await container.get(T.RejectedWebhookRetention).forget(before)) > 0 };
}
