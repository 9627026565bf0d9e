import { ForwardOnly } from './forward-only.js';
import { assertThat } from './statements.js';

/**
 * The sweeper serves the tenants in turn, so it asks for the payments of one. No version with filled tables has been released:
 * the index is made in the migration's transaction.
 */
export class SweepInTurn1700000000010 extends ForwardOnly {
  readonly name = 'SweepInTurn1700000000010';

  protected statements(): readonly string[] {
    return [
      `create index payments_sweep_in_turn on payments.payments (tenant_id, sweep_at) where sweep_at is not null`,
      `drop index payments.payments_sweep`,
      assertThat(
        `(select indisvalid from pg_index where indexrelid = 'payments.payments_sweep_in_turn'::regclass)`,
        'the sweeper has its index',
      ),
    ];
  }
}
