import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants } from './statements.js';

const COUNTS = 'recording.webhook_counts';
const STANDING = 'recording.staging_standing';

const tables = [
  `create table ${COUNTS} (
     tenant_id varchar(20) not null,
     day date not null,
     received bigint not null,
     created bigint not null,
     duplicates bigint not null,
     rejected bigint not null,
     response_ms bigint not null,
     constraint webhook_counts_pk primary key (tenant_id, day)
   ) with (fillfactor = 50)`,
  // How staging stands over all tenants: what a worker has counted, for the health of processes that see one tenant at a time. Its one row
  // is of the system's own tenant.
  `create table ${STANDING} (
     tenant_id varchar(20) not null,
     waiting bigint not null,
     last_run_at timestamptz,
     counted_at timestamptz not null,
     constraint staging_standing_pk primary key (tenant_id)
   ) with (fillfactor = 50)`,
];

/** Figures of recording that are too dear to count when somebody asks. */
export class RecordingFigures1700000000017 extends ForwardOnly {
  readonly name = 'RecordingFigures1700000000017';

  protected statements(): readonly string[] {
    const all = [COUNTS, STANDING];
    return [
      ...tables,
      ...all.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      `grant select, insert on ${all.join(', ')} to ${roles.app}`,
      `grant update (received, created, duplicates, rejected, response_ms) on ${COUNTS} to ${roles.app}`,
      `grant update (waiting, last_run_at, counted_at) on ${STANDING} to ${roles.app}`,
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
    ];
  }
}
