import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

/** The outbox and the leases by which relays share it. */
export class Messaging1700000000003 extends ForwardOnly {
  readonly name = 'Messaging1700000000003';

  protected statements(): readonly string[] {
    return [
      `create schema messaging`,
      `grant usage on schema messaging to ${roles.app}, ${roles.sweeper}`,
      // No position and no cursor: the primary key is the order that matters, a prefix of every aggregate is read and deleted.
      // Rows live for milliseconds; vacuum early and at full speed, or the dead ones at the front slow every claim down.
      `create table messaging.outbox (
         tenant_id varchar(20) not null,
         aggregate_id uuid not null,
         version integer not null,
         topic varchar(100) not null,
         event_id uuid not null,
         event_type varchar(100) not null,
         at timestamptz not null,
         payload text not null,
         correlation_id varchar(128) not null,
         traceparent varchar(55) not null,
         constraint outbox_pk primary key (tenant_id, aggregate_id, version)
       ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
               autovacuum_vacuum_insert_threshold = 100000)`,
      `create table messaging.relay_leases (
         tenant_id varchar(20) not null,
         holder varchar(100) not null,
         leased_until timestamptz not null,
         constraint relay_leases_pk primary key (tenant_id)
       ) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,
      distribute('messaging.outbox'),
      distribute('messaging.relay_leases'),
      ...isolateTenants('messaging.outbox'),
      ...isolateTenants('messaging.relay_leases'),
      `grant select, insert, delete on messaging.outbox to ${roles.app}`,
      `grant select, insert, update on messaging.relay_leases to ${roles.app}`,
      ...letSweeperSee('messaging.outbox', ['tenant_id', 'aggregate_id', 'version', 'at']),
      assertThat(isolated('messaging.outbox'), 'the outbox is isolated'),
      assertThat(isolated('messaging.relay_leases'), 'relay leases are isolated'),
    ];
  }
}
