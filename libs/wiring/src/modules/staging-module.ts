import { PostgresStagingErrors, PostgresStagingSources, PostgresStagingTables } from '@ferry/postgres';
import { DrainStaging, ManageStaging } from '@ferry/recording';
import { ContainerModule } from 'inversify';
import { T } from '../tokens.js';

/** Some two seconds of work, after which the next source has its turn. */
const BATCHES_PER_TURN = 50;
/** A row that is bad is bad until somebody mends it, and that takes people minutes and hours. */
const RETRY = { baseMs: 5 * 60_000, maxMs: 6 * 60 * 60_000 };

export const stagingModule = new ContainerModule(({ bind }) => {
  const both = [T.AppDatabase, T.SweeperDatabase] as const;
  bind(T.StagingTables).toResolvedValue((database) => new PostgresStagingTables(database), [T.AppDatabase]);
  bind(T.StagingSources).toResolvedValue((app, sweeper) => new PostgresStagingSources(app, sweeper), [...both]);
  bind(T.StagingErrors).toResolvedValue((app, sweeper) => new PostgresStagingErrors(app, sweeper), [...both]);
  bind(T.ManageStaging).toResolvedValue(
    (sources, errors, clock, newId) => new ManageStaging(sources, errors, clock, newId),
    [T.StagingSources, T.StagingErrors, T.Clock, T.NewId],
  );
  bind(T.DrainStaging).toResolvedValue(
    (tenants, staging, payments, seen, clock, newId, logger, meter, settings) =>
      new DrainStaging(
        { tenants, staging, payments, seen, clock, newId, random: Math.random, logger, meter },
        {
          batchSize: settings.STAGING_BATCH_SIZE,
          batchesPerTurn: BATCHES_PER_TURN,
          retriesMax: settings.STAGING_MAX_RETRIES,
          backoff: RETRY,
        },
      ),
    [
      T.RecordingTenants,
      T.StagingTables,
      T.RecordedPayments,
      T.SeenReferences,
      T.Clock,
      T.NewId,
      T.Logger,
      T.Meter,
      T.WorkerSettings,
    ],
  );
});
