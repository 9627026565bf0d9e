import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { PostgresJobLeases } from '@ferry/postgres';
import { RunLeased } from '@ferry/recording';
import { ContainerModule } from 'inversify';
import { JobRunner } from '../jobs/job-runner.js';
import { T } from '../tokens.js';

export const jobsModule = new ContainerModule(({ bind }) => {
  bind(T.JobLeases).toResolvedValue(
    (app, sweeper) => new PostgresJobLeases(app, sweeper),
    [T.AppDatabase, T.SweeperDatabase],
  );
  bind(T.RunLeased).toResolvedValue(
    (leases, clock, newId, { JOB_LEASE_MS: leaseMs }) => {
      const holder = `${hostname().slice(0, 40)}/${process.pid}/${randomUUID().slice(0, 8)}`;
      return new RunLeased(leases, clock, newId, { holder, leaseMs });
    },
    [T.JobLeases, T.Clock, T.NewId, T.WorkerSettings],
  );
  bind(T.JobRunner).toResolvedValue(
    (leased, clock, logger, meter) => new JobRunner(leased, clock, logger, meter),
    [T.RunLeased, T.Clock, T.Logger, T.Meter],
  );
});
