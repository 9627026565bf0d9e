import {
  Database,
  PostgresDuePayments,
  PostgresMaintenance,
  PostgresOutbox,
  PostgresPaymentRepository,
} from '@ferry/postgres';
import { ContainerModule } from 'inversify';
import { T } from '../tokens.js';

/** Sweeper and relay ask briefly and seldom. */
const SWEEPER_POOL = 2;

/** Repositories and outbox on PostgreSQL, embedded or not: only the URL differs. */
export const postgresModule = new ContainerModule(({ bind }) => {
  bind(T.AppDatabase).toResolvedValue(
    (settings, logger, meter, lifecycle, backings) => {
      const database = new Database(
        {
          url: settings.DATABASE_URL,
          poolMin: settings.DB_POOL_MIN,
          poolMax: settings.DB_POOL_MAX,
          applicationName: 'ferry',
        },
        logger,
        meter,
      );
      lifecycle.onClose('postgres', () => database.close());
      backings.push({ name: 'database', required: true, state: () => database.state() });
      return database;
    },
    [T.EngineSettings, T.Logger, T.Meter, T.Lifecycle, T.Backings],
  );
  bind(T.SweeperDatabase).toResolvedValue(
    (settings, logger, meter, lifecycle, backings) => {
      const options = { url: settings.DATABASE_SWEEPER_URL, poolMax: SWEEPER_POOL, applicationName: 'ferry-sweeper' };
      const database = new Database(options, logger, meter);
      lifecycle.onClose('postgres (sweeper)', () => database.close());
      backings.push({ name: 'database_sweeper', required: true, state: () => database.state() });
      return database;
    },
    [T.WorkerSettings, T.Logger, T.Meter, T.Lifecycle, T.Backings],
  );
  bind(T.PaymentRepository).toResolvedValue(
    (database, settings) => new PostgresPaymentRepository(database, { sweepGraceMs: settings.SWEEP_GRACE_MS }),
    [T.AppDatabase, T.EngineSettings],
  );
  bind(T.DuePayments).toResolvedValue(
    (app, sweeper) => new PostgresDuePayments(app, sweeper),
    [T.AppDatabase, T.SweeperDatabase],
  );
  bind(T.Outbox).toResolvedValue(
    (app, sweeper) => new PostgresOutbox(app, sweeper),
    [T.AppDatabase, T.SweeperDatabase],
  );
  bind(T.Maintenance).toResolvedValue(
    (app, sweeper) => new PostgresMaintenance(app, sweeper),
    [T.AppDatabase, T.SweeperDatabase],
  );
});
