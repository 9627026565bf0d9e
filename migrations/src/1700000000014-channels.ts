import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

const CHANNELS = 'recording.channels';
const REJECTED = 'recording.rejected_webhooks';

const tables = [
  // Every version of each channel is kept; a version without a definition is its removal.
  `create table ${CHANNELS} (
     tenant_id varchar(20) not null,
     channel varchar(40) not null,
     version integer not null,
     definition text,
     created_at timestamptz not null,
     constraint channels_pk primary key (tenant_id, channel, version)
   )`,
  // Bodies whose signature was genuine and that could not be recorded. Without a body: it held what must not be kept.
  `create table ${REJECTED} (
     tenant_id varchar(20) not null,
     id uuid not null,
     channel varchar(40) not null,
     channel_version integer not null,
     business_unit_id varchar(30) not null,
     received_at timestamptz not null,
     last_received_at timestamptz not null,
     times integer not null,
     reason varchar(40) not null,
     faults json not null,
     content_type varchar(100) not null,
     body text,
     body_hash varchar(64) not null,
     replayed_at timestamptz,
     constraint rejected_webhooks_pk primary key (tenant_id, id),
     constraint rejected_webhooks_once unique (tenant_id, channel, body_hash),
     constraint rejected_webhooks_bounded check (octet_length(body) <= 65536)
   )`,
  `create index rejected_webhooks_age on ${REJECTED} (last_received_at)`,
  `create index rejected_webhooks_waiting on ${REJECTED} (tenant_id, channel) where replayed_at is null`,
];

/** By which ways tenants are told of payments, and what came by them and could not be read. */
export class Channels1700000000014 extends ForwardOnly {
  readonly name = 'Channels1700000000014';

  protected statements(): readonly string[] {
    const all = [CHANNELS, REJECTED];
    return [
      ...tables,
      ...all.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      `grant select, insert on ${all.join(', ')} to ${roles.app}`,
      `grant update (channel_version, last_received_at, times, reason, faults, replayed_at), delete on ${REJECTED} to ${roles.app}`,
      ...letSweeperSee(REJECTED, ['tenant_id', 'id', 'last_received_at']),
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
      assertThat(
        `not has_table_privilege('${roles.app}', '${CHANNELS}', 'update, delete, truncate')
         and not has_column_privilege('${roles.app}', '${REJECTED}', 'body', 'update')`,
        'no version of a channel is changed, and no body is put under another reason',
      ),
    ];
  }
}
