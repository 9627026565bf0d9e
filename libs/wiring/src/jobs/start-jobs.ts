import { errorFields } from '@ferry/kernel';
import type { Container } from 'inversify';
import { T } from '../tokens.js';
import type { Job } from './job.js';
import { follow, occasionOf } from './schedule.js';

/**
 * Runs each job when its schedule says so, and once now: an occasion that passed while no process was there is made up for, one that was taken
 * care of is not repeated. Stopped through the container's lifecycle, after the parts that run now.
 */
export function startJobs(container: Container, jobs: readonly Job[]): void {
  const [runner, clock, logger] = [container.get(T.JobRunner), container.get(T.Clock), container.get(T.Logger)];
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const occur = async (job: Job): Promise<void> => {
    try {
      await runner.run(job, closing.signal, occasionOf(job.schedule, clock.now()));
    } catch (error) {
      logger.warn('a job could not be begun, waits for its next time', { job: job.name, ...errorFields(error) });
    }
  };
  const tracked = (job: Job): Promise<void> => {
    const run = occur(job).finally(() => running.delete(run));
    running.add(run);
    return run;
  };
  const crons = jobs.map((job) => follow(job.schedule, () => tracked(job)));
  for (const job of jobs) void tracked(job);
  container.get(T.Lifecycle).onClose('jobs', async () => {
    for (const cron of crons) cron.stop();
    closing.abort();
    await Promise.all(running);
  });
}
