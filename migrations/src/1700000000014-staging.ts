import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

const LEASES = 'recording.job_leases';

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
];

const leaseColumns = [
  'tenant_id',
  'job',
  'holder',
  'leased_until',
  'last_started_at',
  'last_finished_at',
  'last_outcome',
  'last_error',
  'last_succeeded_at',
];

/** What drains staging tables and runs the jobs of recording. */
export class Staging1700000000014 extends ForwardOnly {
  readonly name = 'Staging1700000000014';

  protected statements(): readonly string[] {
    const all = [LEASES];
    return [
      ...tables,
      ...all.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      `grant select, insert on ${LEASES} to ${roles.app}`,
      `grant update (${leaseColumns.filter((name) => !['tenant_id', 'job'].includes(name)).join(', ')}) on ${LEASES} to ${roles.app}`,
      ...letSweeperSee(LEASES, leaseColumns),
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
    ];
  }
}
