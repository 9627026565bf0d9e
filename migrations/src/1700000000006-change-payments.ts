import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat } from './statements.js';

const FUNCTION = 'payments.change_payments';

/**
 * Stores the new states of payments that the caller has locked, with their history and events: one call instead of three statements.
 * Ids come sorted: their bounds leave out the months that hold none of them. Fails unless it changes all of them. JSON texts come as in payments.add_payments.
 *
 * Without nested loops, because the planner, which knows nothing of the arrays' lengths, would compare every new state with every
 * payment: 0.5 of 1.2 ms at 64 payments, and growing with the square.
 */
const changePayments = `
  create function ${FUNCTION}(
    p_tenant varchar, p_topic varchar,
    p_ids uuid[], p_statuses varchar[], p_reasons varchar[], p_attentions varchar[], p_provider_references varchar[],
    p_attempts integer[], p_next timestamptz[], p_leases timestamptz[], p_sweeps timestamptz[], p_versions integer[],
    p_updated timestamptz[],
    p_aggregates uuid[], p_event_versions integer[], p_from varchar[], p_to varchar[], p_event_reasons varchar[],
    p_events uuid[], p_event_types varchar[], p_times timestamptz[], p_payloads text, p_correlations varchar[],
    p_traceparents varchar[])
  returns void language plpgsql set enable_nestloop = off as $$
  declare v_changed integer;
  begin
    update payments.payments p
      set status = u.status, reason = u.reason, attention = u.attention, provider_reference = u.provider_reference,
          attempts = u.attempts, next_attempt_at = u.next_attempt_at, lease_until = u.lease_until, sweep_at = u.sweep_at,
          version = u.version, updated_at = u.updated_at
      from unnest(p_ids, p_statuses, p_reasons, p_attentions, p_provider_references, p_attempts, p_next, p_leases, p_sweeps,
          p_versions, p_updated)
        as u (id, status, reason, attention, provider_reference, attempts, next_attempt_at, lease_until, sweep_at, version, updated_at)
      where p.tenant_id = p_tenant and p.id = u.id and p.id = any (p_ids)
        and p.id between p_ids[1] and p_ids[cardinality(p_ids)];
    get diagnostics v_changed = row_count;
    if v_changed <> cardinality(p_ids) then
      raise exception '% payments locked, % changed', cardinality(p_ids), v_changed;
    end if;
    if cardinality(p_aggregates) = 0 then return; end if;
    insert into payments.payment_history (tenant_id, payment_id, version, from_status, to_status, reason, event_id, at)
      select p_tenant, u.* from unnest(p_aggregates, p_event_versions, p_from, p_to, p_event_reasons, p_events, p_times) u;
    insert into messaging.outbox
        (tenant_id, topic, aggregate_id, version, event_id, event_type, at, payload, correlation_id, traceparent)
      select p_tenant, p_topic, u.* from unnest(p_aggregates, p_event_versions, p_events, p_event_types, p_times,
        string_to_array(p_payloads, e'\\x1e'), p_correlations, p_traceparents) u;
  end $$`;

/** Settling payments in one call. */
export class ChangePayments1700000000006 extends ForwardOnly {
  readonly name = 'ChangePayments1700000000006';

  protected statements(): readonly string[] {
    return [
      changePayments,
      `revoke execute on function ${FUNCTION} from public`,
      `grant execute on function ${FUNCTION} to ${roles.app}`,
      assertThat(
        `(select not prosecdef from pg_proc where oid = '${FUNCTION}'::regproc)
         and not has_function_privilege('${roles.sweeper}', '${FUNCTION}'::regproc, 'execute')`,
        'payments are changed with the rights of the caller, who is the app',
      ),
    ];
  }
}
