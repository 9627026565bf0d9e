import { FileMonthArchive } from '@ferry/files';
import {
  Database,
  PostgresAgedReferences,
  PostgresAuditLog,
  PostgresMonthRows,
  PostgresPaymentMonths,
} from '@ferry/postgres';
import {
  ArchiveMonth,
  ExpireMonths,
  ForgetReferences,
  MakeMonths,
  MonthOrders,
  RestoreArchive,
} from '@ferry/recording';
import { ContainerModule } from 'inversify';
import { T } from '../tokens.js';

/** A month of a million payments moves in half a minute and is counted in a fraction of a second. */
const STATEMENT_TIMEOUT_MS = 600_000;

/** What keeps the months of recorded payments and their references; in a worker or a command. */
export const recordingUpkeepModule = new ContainerModule(({ bind }) => {
  bind(T.UpkeepDatabase).toResolvedValue(
    (settings, logger, meter, lifecycle) => {
      const { DATABASE_SWEEPER_URL: url } = settings;
      const options = { url, poolMax: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS, applicationName: 'ferry-upkeep' };
      const database = new Database(options, logger, meter);
      lifecycle.onClose('postgres (upkeep)', () => database.close());
      return database;
    },
    [T.WorkerSettings, T.Logger, T.Meter, T.Lifecycle],
  );
  bind(T.PaymentMonths).toResolvedValue((upkeep) => new PostgresPaymentMonths(upkeep), [T.UpkeepDatabase]);
  bind(T.MonthRows).toResolvedValue(
    (app, upkeep) => new PostgresMonthRows(app, upkeep),
    [T.AppDatabase, T.UpkeepDatabase],
  );
  bind(T.AgedReferences).toResolvedValue(
    (app, upkeep) => new PostgresAgedReferences(app, upkeep),
    [T.AppDatabase, T.UpkeepDatabase],
  );
  bind(T.MakeMonths).toResolvedValue(
    (months, clock, settings) =>
      new MakeMonths(months, clock, {
        monthsAhead: settings.PARTITION_MONTHS_AHEAD,
        retentionMonths: settings.PARTITION_RETENTION_MONTHS,
      }),
    [T.PaymentMonths, T.Clock, T.WorkerSettings],
  );
  bind(T.MonthOrders).toResolvedValue(
    (app, clock, newId) => new MonthOrders(new PostgresAuditLog(app), clock, newId),
    [T.AppDatabase, T.Clock, T.NewId],
  );
  bind(T.ArchiveMonth).toResolvedValue(
    (months, rows, orders, clock, { PARTITION_ARCHIVE_DIR: directory, PARTITION_RETENTION_MONTHS: retentionMonths }) =>
      directory === undefined
        ? undefined
        : new ArchiveMonth(months, rows, new FileMonthArchive(directory), orders, clock, { retentionMonths }),
    [T.PaymentMonths, T.MonthRows, T.MonthOrders, T.Clock, T.WorkerSettings],
  );
  bind(T.ExpireMonths).toResolvedValue(
    (months, archiveMonth, clock, { PARTITION_EXPIRY: expiry, PARTITION_RETENTION_MONTHS: retentionMonths }) =>
      new ExpireMonths(months, archiveMonth, clock, { expiry, retentionMonths }),
    [T.PaymentMonths, T.ArchiveMonth, T.Clock, T.WorkerSettings],
  );
  bind(T.RestoreArchive).toResolvedValue(
    // An archive is opened where it is, so no directory of its own is needed.
    (months, rows, orders, clock) => new RestoreArchive(months, rows, new FileMonthArchive('.'), orders, clock),
    [T.PaymentMonths, T.MonthRows, T.MonthOrders, T.Clock],
  );
  bind(T.ForgetReferences).toResolvedValue(
    (references, months, clock, { REFERENCE_CACHE_TTL_DAYS: keptDays }) =>
      new ForgetReferences(references, months, clock, { keptDays }),
    [T.AgedReferences, T.PaymentMonths, T.Clock, T.WorkerSettings],
  );
});
