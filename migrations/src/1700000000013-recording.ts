import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants } from './statements.js';

const PAYMENTS = 'recording.payments';
const REFERENCES = 'recording.payment_references';
const FORGOTTEN = 'recording.forgotten_references';
const FUNCTION = 'recording.record_payments';
/** By which a forgotten reference is found: the adapter writes the same. */
const referenceHash = (text: string): string => `substr(sha256(convert_to(${text}, 'UTF8')), 1, 8)`;

const tables = [
  // As the source design has it, by the month of the payment. A payment never changes.
  `create table ${PAYMENTS} (
     tenant_id varchar(20) not null,
     id uuid not null,
     business_unit_id varchar(30) not null,
     reference_number varchar(255) not null,
     loan_account_number varchar(20) not null,
     cif varchar(20) not null,
     amount_minor bigint not null,
     currency varchar(3) not null,
     payment_date timestamptz not null,
     payment_channel varchar(100),
     source varchar(50) not null,
     metadata json not null,
     created_at timestamptz not null,
     constraint payments_pk primary key (tenant_id, id, payment_date),
     constraint payments_amount_positive check (amount_minor > 0),
     constraint payments_source_known check (source in ('staging', 'webhook'))
   ) partition by range (payment_date)`,
  `create table recording.payments_default partition of ${PAYMENTS} default`,
  `create index payments_by_reference on ${PAYMENTS} (tenant_id, reference_number)`,
  `create index payments_by_loan_account on ${PAYMENTS} (tenant_id, loan_account_number, payment_date desc, id desc)`,
  `create index payments_by_cif on ${PAYMENTS} (tenant_id, cif, payment_date desc, id desc)`,
  `create index payments_by_date on ${PAYMENTS} (tenant_id, payment_date desc, id desc)`,
  // Whoever belongs to a unit asks for it always (ADR 0017). Channels and sources have none (docs/recording.md).
  `create index payments_by_unit on ${PAYMENTS} (tenant_id, business_unit_id, payment_date desc, id desc)`,
  // Unique over all months: here it is decided whether a reference number is new.
  `create table ${REFERENCES} (
     tenant_id varchar(20) not null,
     reference_number varchar(255) not null,
     payment_id uuid not null,
     payment_date timestamptz not null,
     created_at timestamptz not null,
     constraint payment_references_pk primary key (tenant_id, reference_number)
   )`,
  // In the order of time, but for what waits in between: a block range index finds the old ones and costs next to nothing.
  `create index payment_references_age on ${REFERENCES} using brin (created_at)`,
  // What was taken out of the table above (ADR 0018): where the payment lies. Two references may have one hash, so the payment decides.
  `create table ${FORGOTTEN} (
     tenant_id varchar(20) not null,
     hash bytea not null,
     payment_date timestamptz not null,
     constraint forgotten_references_pk primary key (tenant_id, hash, payment_date)
   )`,
  `create index forgotten_references_date on ${FORGOTTEN} using brin (payment_date)`,
];

/**
 * Records payments of one tenant with their references and events: one statement, one transaction. Reference numbers must be unique within a
 * call. The unique index decides, references in one order, so that two calls with the same ones wait for each other instead of
 * deadlocking. Whoever won is then looked for among the payments whose reference was forgotten: if it is there, its reference comes back.
 * Answers the duplicates with the payment that holds the reference; of what is recorded it says nothing.
 */
const recordPayments = `
  create function ${FUNCTION}(
    p_tenant varchar, p_topic varchar, p_source varchar, p_now timestamptz,
    p_ids uuid[], p_units varchar[], p_references varchar[], p_loans varchar[], p_cifs varchar[], p_amounts bigint[], p_currencies varchar[],
    p_dates timestamptz[], p_channels varchar[], p_metadata text,
    p_events uuid[], p_event_type varchar, p_payloads text, p_correlations varchar[], p_traceparents varchar[])
  returns table (recording integer, payment_id uuid)
  language plpgsql as $$
  #variable_conflict use_column
  declare
    v_maybe integer[];
    v_won integer;
    v_old integer := 0;
    v_lost uuid[] := '{}';
    v_places integer[];
    v_holders uuid[];
  begin
    perform tenancy.enter(p_tenant);
    if not exists (select from tenancy.tenant_home h where h.tenant_id = p_tenant) then
      raise exception 'unknown tenant %', p_tenant using errcode = 'foreign_key_violation';
    end if;

    insert into ${REFERENCES} (tenant_id, reference_number, payment_id, payment_date, created_at)
      select p_tenant, u.reference, u.id, u.paid, p_now from unnest(p_references, p_ids, p_dates) as u(reference, id, paid)
      order by u.reference collate "C"
      on conflict (tenant_id, reference_number) do nothing;
    get diagnostics v_won = row_count;

    -- After the insert: what was forgotten before it is told of here, and what is ours cannot be forgotten now. OFFSET and LIMIT keep the planner
    -- from joining: the index is asked for each reference, whatever the statistics of a young month say.
    if v_won > 0 then
      select array_agg(u.n) into v_maybe from unnest(p_references) with ordinality as u(reference, n)
        cross join lateral (
          select from ${FORGOTTEN} f where f.tenant_id = p_tenant and f.hash = ${referenceHash('u.reference')} limit 1) as seen;
    end if;
    if v_maybe is not null then
      update ${REFERENCES} r set payment_id = old.id, payment_date = old.payment_date, created_at = p_now
        from unnest(v_maybe) as maybe(n)
        cross join lateral (select p_references[maybe.n] as reference, p_ids[maybe.n] as id) as u
        cross join lateral (
          select p.id, p.payment_date
          from (select f.payment_date from ${FORGOTTEN} f
            where f.tenant_id = p_tenant and f.hash = ${referenceHash('u.reference')} offset 0) as f
          cross join lateral (
            select p.id, p.payment_date, p.created_at from ${PAYMENTS} p
            where p.tenant_id = p_tenant and p.reference_number = u.reference and p.payment_date = f.payment_date offset 0) as p
          order by p.created_at limit 1) as old
        where r.tenant_id = p_tenant and r.reference_number = u.reference and r.payment_id = u.id;
      get diagnostics v_old = row_count;
    end if;

    if v_won - v_old < cardinality(p_ids) then
      -- LIMIT again: with statistics from when a tenant was young its whole index was read, 20,000 references for 1,000.
      select array_agg(u.id), array_agg(u.n::integer), array_agg(held.payment_id) into v_lost, v_places, v_holders
        from unnest(p_references, p_ids) with ordinality as u(reference, id, n)
        cross join lateral (select r.payment_id from ${REFERENCES} r
          where r.tenant_id = p_tenant and r.reference_number = u.reference limit 1) as held
        where held.payment_id <> u.id;
      v_lost := coalesce(v_lost, '{}');
      return query select * from unnest(v_places, v_holders);
      -- A reference was forgotten between our looks at it: the caller begins again.
      if cardinality(v_lost) <> cardinality(p_ids) - v_won + v_old then
        raise exception 'a reference vanished' using errcode = 'serialization_failure';
      end if;
      if cardinality(v_lost) = cardinality(p_ids) then return; end if;
    end if;

    -- NOT IN a subquery is hashed; <> ALL of an array compares each with each: 230 ms of CPU instead of 100 at 4,000, half of them duplicates.
    insert into ${PAYMENTS} (tenant_id, id, business_unit_id, reference_number, loan_account_number, cif, amount_minor, currency, payment_date,
        payment_channel, source, metadata, created_at)
      select p_tenant, u.id, u.unit, u.reference, u.loan, u.cif, u.amount, u.currency, u.paid, u.channel, p_source, u.metadata, p_now
      from unnest(p_ids, p_units, p_references, p_loans, p_cifs, p_amounts, p_currencies, p_dates, p_channels,
          string_to_array(p_metadata, e'\\x1e')::json[])
        as u(id, unit, reference, loan, cif, amount, currency, paid, channel, metadata)
      where u.id not in (select unnest(v_lost));
    insert into messaging.outbox
        (tenant_id, topic, aggregate_id, version, event_id, event_type, at, payload, correlation_id, traceparent)
      select p_tenant, p_topic, u.id, 1, u.event, p_event_type, p_now, u.payload, u.correlation, u.traceparent
      from unnest(p_ids, p_events, string_to_array(p_payloads, e'\\x1e'), p_correlations, p_traceparents)
        as u(id, event, payload, correlation, traceparent)
      where u.id not in (select unnest(v_lost));
  end $$`;

/** On Citus the call runs on the node of its tenant (citus-notes section 4); does nothing elsewhere. */
const delegate = `
  do $$ begin
    if exists (select from pg_extension where extname = 'citus') then
      perform create_distributed_function('${FUNCTION}'::regproc::regprocedure::text, 'p_tenant',
        colocate_with => 'tenancy.tenant_home');
    end if;
  end $$`;

/** Recorded payments: facts from elsewhere, each once. */
export class Recording1700000000013 extends ForwardOnly {
  readonly name = 'Recording1700000000013';

  protected statements(): readonly string[] {
    const all = [PAYMENTS, REFERENCES, FORGOTTEN];
    return [
      `create schema recording`,
      `grant usage on schema recording to ${roles.app}, ${roles.sweeper}`,
      ...tables,
      ...all.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      `grant select, insert on ${all.join(', ')} to ${roles.app}`,
      `grant update (payment_id, payment_date, created_at), delete on ${REFERENCES} to ${roles.app}`,
      `grant delete on ${FORGOTTEN} to ${roles.app}`,
      recordPayments,
      `revoke execute on function ${FUNCTION} from public`,
      `grant execute on function ${FUNCTION} to ${roles.app}`,
      delegate,
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
      assertThat(
        `not has_table_privilege('${roles.app}', '${PAYMENTS}', 'update, delete, truncate')
         and not has_table_privilege('${roles.app}', 'recording.payments_default', 'select, insert')`,
        'a recorded payment never changes, and no partition is reached directly',
      ),
    ];
  }
}
