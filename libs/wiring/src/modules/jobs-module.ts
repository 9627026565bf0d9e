import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { PostgresJobLeases } from '@ferry/postgres';
import { RunLeased } from '@ferry/recording';
import { ContainerModule } from 'inversify';
import { JobRunner } from '../jobs/job-runner.js';
import { T } from '../tokens.js';

/** As long a job waits when its process is killed. Renewed three times in this time, so a slow statement does not cost the lease. */
const JOB_LEASE_MS = 20_000;

export const jobsModule = new ContainerModule(({ bind }) => {
  bind(T.JobLeases).toResolvedValue(
    (app, sweeper) => new PostgresJobLeases(app, sweeper),
    [T.AppDatabase, T.SweeperDatabase],
  );
  bind(T.RunLeased).toResolvedValue(
    (leases, clock, newId) => {
      const holder = `${hostname().slice(0, 40)}/${process.pid}/${randomUUID().slice(0, 8)}`;
      return new RunLeased(leases, clock, newId, { holder, leaseMs: JOB_LEASE_MS });
    },
    [T.JobLeases, T.Clock, T.NewId],
  );
  bind(T.JobRunner).toResolvedValue(
    (leased, clock, logger, meter) => new JobRunner(leased, clock, logger, meter),
    [T.RunLeased, T.Clock, T.Logger, T.Meter],
  );
});
