import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { recordStaged } from './record-staged.js';
import { stagingTableStatements } from './staging-table.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

const LEASES = 'recording.job_leases';
const SOURCES = 'recording.staging_sources';
const ERRORS = 'recording.staging_errors';
const LOG = 'recording.staging_process_log';

const tables = [
  // Who runs a job now, and how its last run went. Jobs that are for no tenant stand under `~`.
  `create table ${LEASES} (
     tenant_id varchar(20) not null,
     job varchar(150) not null,
     holder varchar(150) not null,
     leased_until timestamptz not null,
     last_started_at timestamptz not null,
     last_finished_at timestamptz,
     last_outcome varchar(10),
     last_error varchar(500),
     last_succeeded_at timestamptz,
     constraint job_leases_pk primary key (tenant_id, job),
     constraint job_leases_outcome_known check (last_outcome in ('done', 'failed'))
   )`,
  // Whose the rows of a table are that an ETL fills, and what the rows themselves do not say.
  `create table ${SOURCES} (
     tenant_id varchar(20) not null,
     table_name varchar(127) not null,
     business_unit_id varchar(30) not null,
     currency varchar(3) not null,
     time_zone varchar(64) not null,
     enabled boolean not null,
     created_at timestamptz not null,
     constraint staging_sources_pk primary key (tenant_id, table_name),
     constraint staging_sources_table unique (table_name),
     constraint staging_sources_plain_name check (table_name ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$')
   )`,
  // Rows that cannot be recorded as they are. No time of a next attempt: given up.
  `create table ${ERRORS} (
     tenant_id varchar(20) not null,
     table_name varchar(127) not null,
     row_id bigint not null,
     attempts integer not null,
     reason varchar(1000) not null,
     next_attempt_at timestamptz,
     shown_row json not null,
     first_at timestamptz not null,
     last_at timestamptz not null,
     constraint staging_errors_pk primary key (tenant_id, table_name, row_id)
   )`,
  `create index staging_errors_due on ${ERRORS} (tenant_id, table_name, next_attempt_at) where next_attempt_at is not null`,
  // As the source design has it; a row a batch. A batch of rows that were bad before is a retry: its rows are counted a second time.
  `create table ${LOG} (
     tenant_id varchar(20) not null,
     id uuid not null,
     source varchar(127) not null,
     retry boolean not null,
     batch_start_id bigint not null,
     batch_end_id bigint not null,
     total_records integer not null,
     processed_records integer not null default 0,
     duplicate_records integer not null default 0,
     error_records integer not null default 0,
     status varchar(50) not null,
     started_at timestamptz not null,
     completed_at timestamptz,
     error_details jsonb,
     constraint staging_process_log_pk primary key (tenant_id, id),
     constraint staging_process_log_status_known check (status in ('completed', 'failed')),
     constraint staging_process_log_adds_up check (
       status = 'failed' or processed_records + duplicate_records + error_records = total_records)
   )`,
  `create index staging_process_log_by_time on ${LOG} (tenant_id, started_at)`,
];

const leaseChanges =
  'holder, leased_until, last_started_at, last_finished_at, last_outcome, last_error, last_succeeded_at';

/** What drains staging tables and runs the jobs of recording. */
export class Staging1700000000015 extends ForwardOnly {
  readonly name = 'Staging1700000000015';

  protected statements(): readonly string[] {
    const all = [LEASES, SOURCES, ERRORS, LOG];
    // Sources lie where the tables are that they tell of: on Citus on the coordinator, which alone can tell that a table has one tenant.
    const distributed = [LEASES, ERRORS, LOG];
    return [
      ...tables,
      ...distributed.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      `grant select, insert on ${all.join(', ')} to ${roles.app}`,
      `grant update (${leaseChanges}) on ${LEASES} to ${roles.app}`,
      `grant update (enabled) on ${SOURCES} to ${roles.app}`,
      `grant update (attempts, reason, next_attempt_at, shown_row, last_at), delete on ${ERRORS} to ${roles.app}`,
      ...letSweeperSee(LEASES, ['tenant_id', 'job', ...leaseChanges.split(', ')]),
      ...letSweeperSee(SOURCES, ['tenant_id', 'table_name', 'business_unit_id', 'currency', 'time_zone', 'enabled']),
      ...letSweeperSee(ERRORS, ['tenant_id', 'next_attempt_at']),
      ...stagingTableStatements,
      ...recordStaged,
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
      assertThat(isolated('public.payment_staging'), 'the staging table is isolated'),
    ];
  }
}
