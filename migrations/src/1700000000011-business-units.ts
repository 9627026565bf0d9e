import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat } from './statements.js';

const PAYMENTS = 'payments.payments';
const UNITS = 'tenancy.business_units';
const FUNCTION = 'payments.add_payments';

type Parameter = readonly [name: string, type: string];

/** Of the function as the fourth migration made it. */
const known: readonly Parameter[] = [
  ['p_tenant', 'varchar'],
  ['p_now', 'timestamptz'],
  ['p_topic', 'varchar'],
  ['p_ids', 'uuid[]'],
  ['p_kinds', 'varchar[]'],
  ['p_rails', 'varchar[]'],
  ['p_amounts', 'bigint[]'],
  ['p_currencies', 'varchar[]'],
  ['p_references', 'varchar[]'],
  ['p_externals', 'varchar[]'],
  ['p_accounts', 'varchar[]'],
  ['p_metadata', 'text'],
  ['p_correlations', 'varchar[]'],
  ['p_traceparents', 'varchar[]'],
  ['p_created', 'timestamptz[]'],
  ['p_times', 'timestamptz[]'],
  ['p_sweeps', 'timestamptz[]'],
  ['p_events', 'uuid[]'],
  ['p_event_types', 'varchar[]'],
  ['p_payloads', 'text'],
  ['p_keys', 'varchar[]'],
  ['p_fingerprints', 'bytea[]'],
  ['p_responses', 'text'],
  ['p_expiries', 'timestamptz[]'],
];

/** With the unit of each payment behind its id. */
const withUnits = known.flatMap((one): readonly Parameter[] =>
  one[0] === 'p_ids' ? [one, ['p_units', 'varchar[]']] : [one],
);

const declared = (parameters: readonly Parameter[]): string => parameters.map((one) => one.join(' ')).join(', ');
const signature = (parameters: readonly Parameter[]): string =>
  `${FUNCTION}(${parameters.map(([, type]) => type).join(', ')})`;

/** The body is that of the fourth migration, which tells of it, but for the units. Unique names know nothing of them: they are the tenant's. */
const addPayments = `
  create function ${FUNCTION}(${declared(withUnits)})
  returns table (addition integer, outcome varchar, payment_id uuid, response text)
  language plpgsql as $$
  #variable_conflict use_column
  declare
    v_keyed integer := cardinality(array_remove(p_keys, null));
    v_refused uuid[] := '{}';
    v_lost uuid[];
    v_won integer;
  begin
    perform tenancy.enter(p_tenant);
    if not exists (select from tenancy.tenant_home h where h.tenant_id = p_tenant) then
      raise exception 'unknown tenant %', p_tenant using errcode = 'foreign_key_violation';
    end if;

    if v_keyed > 0 then
      -- An expired key is free again; a live one stands for an earlier request.
      insert into payments.idempotency_keys as k (tenant_id, idempotency_key, fingerprint, payment_id, response, expires_at)
        select p_tenant, u.* from unnest(p_keys, p_fingerprints, p_ids, string_to_array(p_responses, e'\\x1e', ''), p_expiries) as u(key, print, id, response, expiry)
        where u.key is not null order by u.key collate "C"
        on conflict (tenant_id, idempotency_key) do update
          set fingerprint = excluded.fingerprint, payment_id = excluded.payment_id, response = excluded.response,
              expires_at = excluded.expires_at
          where k.expires_at <= p_now;
      get diagnostics v_won = row_count;
      if v_won < v_keyed then
        return query
          select u.n::integer, (case when k.fingerprint = u.print then 'replayed' else 'key-reused' end)::varchar, k.payment_id,
            case when k.fingerprint = u.print then k.response end
          from unnest(p_keys, p_fingerprints, p_ids) with ordinality as u(key, print, id, n)
          join payments.idempotency_keys k on k.tenant_id = p_tenant and k.idempotency_key = u.key
          where k.payment_id <> u.id;
        v_refused := array(
          select u.id from unnest(p_keys, p_ids) as u(key, id)
          join payments.idempotency_keys k on k.tenant_id = p_tenant and k.idempotency_key = u.key
          where k.payment_id <> u.id);
        -- An old key was removed between our two looks at it: the caller begins again.
        if cardinality(v_refused) <> v_keyed - v_won then
          raise exception 'an idempotency key vanished' using errcode = 'serialization_failure';
        end if;
      end if;
    end if;

    insert into payments.payment_references (tenant_id, reference, payment_id)
      select p_tenant, u.* from unnest(p_references, p_ids) as u(reference, id)
      where u.id <> all (v_refused) order by u.reference collate "C"
      on conflict (tenant_id, reference) do nothing;
    get diagnostics v_won = row_count;
    if v_won < cardinality(p_ids) - cardinality(v_refused) then
      return query
        select u.n::integer, 'duplicate-reference'::varchar, r.payment_id, null::text
        from unnest(p_references, p_ids) with ordinality as u(reference, id, n)
        join payments.payment_references r on r.tenant_id = p_tenant and r.reference = u.reference
        where r.payment_id <> u.id and u.id <> all (v_refused);
      v_lost := array(
        select u.id from unnest(p_references, p_ids) as u(reference, id)
        join payments.payment_references r on r.tenant_id = p_tenant and r.reference = u.reference
        where r.payment_id <> u.id and u.id <> all (v_refused));
      -- A refused payment keeps nothing, not even its key.
      delete from payments.idempotency_keys k
        using unnest(p_keys, p_ids) as u(key, id)
        where k.tenant_id = p_tenant and k.idempotency_key = u.key and u.id = any (v_lost);
      v_refused := v_refused || v_lost;
    end if;
    if cardinality(v_refused) = cardinality(p_ids) then return; end if;

    insert into payments.payments (tenant_id, id, business_unit_id, kind, rail, amount_minor, currency, reference, external_id, account_id, metadata,
        correlation_id, traceparent, created_at, updated_at, next_attempt_at, sweep_at, status, attempts, version)
      select p_tenant, u.id, u.unit, u.kind, u.rail, u.amount, u.currency, u.reference, u.external, u.account, u.metadata,
        u.correlation, u.traceparent, u.created, u.at, u.at, u.sweep, 'PENDING', 0, 1
      from unnest(p_ids, p_units, p_kinds, p_rails, p_amounts, p_currencies, p_references, p_externals, p_accounts, string_to_array(p_metadata, e'\\x1e')::json[],
          p_correlations, p_traceparents, p_created, p_times, p_sweeps)
        as u(id, unit, kind, rail, amount, currency, reference, external, account, metadata, correlation, traceparent, created, at, sweep)
      where u.id <> all (v_refused);
    insert into payments.payment_history (tenant_id, payment_id, version, to_status, event_id, at)
      select p_tenant, u.id, 1, 'PENDING', u.event, u.at from unnest(p_ids, p_events, p_times) as u(id, event, at)
      where u.id <> all (v_refused);
    insert into messaging.outbox
        (tenant_id, topic, aggregate_id, version, event_id, event_type, at, payload, correlation_id, traceparent)
      select p_tenant, p_topic, u.id, 1, u.event, u.type, u.at, u.payload, u.correlation, u.traceparent
      from unnest(p_ids, p_events, p_event_types, p_times, string_to_array(p_payloads, e'\\x1e'), p_correlations, p_traceparents)
        as u(id, event, type, at, payload, correlation, traceparent)
      where u.id <> all (v_refused);
  end $$`;

/** For apps of the version before, which run beside this schema while it is upgraded: their payments are of the unit that every tenant has. */
const addPaymentsOfOldApps = `
  create or replace function ${FUNCTION}(${declared(known)})
  returns table (addition integer, outcome varchar, payment_id uuid, response text)
  language plpgsql as $$
  declare p_units varchar[] := array_fill('default'::varchar, array[cardinality(p_ids)]);
  begin
    return query select * from ${FUNCTION}(${withUnits.map(([name]) => name).join(', ')});
  end $$`;

/** As the function before: on Citus the call runs on the node of its tenant; does nothing elsewhere. */
const delegate = `
  do $$ begin
    if exists (select from pg_extension where extname = 'citus') then
      perform create_distributed_function('${signature(withUnits)}', 'p_tenant', colocate_with => 'tenancy.tenant_home');
    end if;
  end $$`;

/** A constant default is kept in the catalogue: no row is written anew. The policy lets the owner, who cannot log in, see what is there. */
const statements: readonly string[] = [
  `create policy owner on ${UNITS} to ${roles.owner} using (true) with check (true)`,
  `insert into ${UNITS} (tenant_id, business_unit_id, business_unit_name, created_at)
   select tenant_id, 'default', 'Default', created_at from tenancy.tenant_home on conflict do nothing`,
  assertThat(
    `not exists (select from tenancy.tenant_home h where not exists (
       select from ${UNITS} u where u.tenant_id = h.tenant_id and u.business_unit_id = 'default'))`,
    'every tenant has the unit that payments have when none is named',
  ),
  `drop policy owner on ${UNITS}`,
  `alter table ${PAYMENTS} add column if not exists business_unit_id varchar(30) not null default 'default'`,
  addPayments,
  `revoke execute on function ${signature(withUnits)} from public`,
  `grant execute on function ${signature(withUnits)} to ${roles.app}`,
  delegate,
  addPaymentsOfOldApps,
  assertThat(
    `not has_column_privilege('${roles.app}', '${PAYMENTS}', 'business_unit_id', 'update')
     and has_column_privilege('${roles.app}', '${PAYMENTS}', 'business_unit_id', 'insert')
     and not has_function_privilege('${roles.sweeper}', '${signature(withUnits)}', 'execute')`,
    'the unit of a payment is given once and never changes',
  ),
];

/** Every payment is of a business unit of its tenant. */
export class BusinessUnits1700000000011 extends ForwardOnly {
  readonly name = 'BusinessUnits1700000000011';

  protected statements(): readonly string[] {
    return statements;
  }
}
