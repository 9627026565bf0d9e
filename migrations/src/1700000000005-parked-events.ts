import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

/** Aggregates whose events the relay keeps back. The events stay in the outbox: nothing moves, so nothing is lost on the way. */
export class ParkedEvents1700000000005 extends ForwardOnly {
  readonly name = 'ParkedEvents1700000000005';

  protected statements(): readonly string[] {
    return [
      `create table messaging.parked_aggregates (
         tenant_id varchar(20) not null,
         aggregate_id uuid not null,
         attention varchar(500) not null,
         parked_at timestamptz not null,
         constraint parked_aggregates_pk primary key (tenant_id, aggregate_id)
       )`,
      distribute('messaging.parked_aggregates'),
      ...isolateTenants('messaging.parked_aggregates'),
      `grant select, insert, delete on messaging.parked_aggregates to ${roles.app}`,
      ...letSweeperSee('messaging.parked_aggregates', ['tenant_id', 'aggregate_id']),
      assertThat(isolated('messaging.parked_aggregates'), 'parked aggregates are isolated'),
    ];
  }
}
