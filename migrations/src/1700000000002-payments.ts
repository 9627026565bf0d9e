import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

/** Columns of a payment that change; the rest is what the client asked for, and the app has no privilege to alter it. */
const changing = [
  'status',
  'reason',
  'attention',
  'provider_reference',
  'attempts',
  'next_attempt_at',
  'lease_until',
  'sweep_at',
  'version',
  'updated_at',
];

/** Months of partitions made ahead; the worker's maintenance keeps it so. */
const MONTHS_AHEAD = 3;

const tables = [
  // Range over the id itself: a UUIDv7 carries its time, so a look-up by id touches one partition.
  `create table payments.payments (
     tenant_id varchar(20) not null,
     id uuid not null,
     kind varchar(20) not null,
     rail varchar(30) not null,
     amount_minor bigint not null,
     currency varchar(3) not null,
     reference varchar(255) not null,
     external_id varchar(64),
     account_id varchar(64),
     metadata json not null,
     status varchar(20) not null,
     reason varchar(50),
     attention varchar(500),
     provider_reference varchar(100),
     attempts integer not null,
     next_attempt_at timestamptz,
     lease_until timestamptz,
     sweep_at timestamptz,
     version integer not null,
     correlation_id varchar(128) not null,
     traceparent varchar(55) not null,
     created_at timestamptz not null,
     updated_at timestamptz not null,
     constraint payments_pk primary key (tenant_id, id),
     constraint payments_amount_positive check (amount_minor > 0),
     constraint payments_status_known check (status in ('PENDING', 'PROCESSING', 'SUCCESS', 'FAILED', 'CANCELLED')),
     constraint payments_kind_known check (kind in ('PAYMENT', 'DEPOSIT', 'WITHDRAWAL', 'DEBIT_ORDER')),
     constraint payments_version_counts check (version >= 1),
     constraint payments_ended_is_idle check (
       status in ('PENDING', 'PROCESSING') or (next_attempt_at is null and lease_until is null and sweep_at is null))
   ) partition by range (id)`,
  // Small although payments are many: a row leaves this index when its payment ends.
  `create index payments_sweep on payments.payments (sweep_at) where sweep_at is not null`,
  `create index payments_attention on payments.payments (tenant_id, id) where attention is not null`,
  // Most payments end in SUCCESS, so lists of that status walk the primary key; the others would walk far without this.
  `create index payments_not_succeeded on payments.payments (tenant_id, status, id) where status <> 'SUCCESS'`,
  `create table payments.payment_history (
     tenant_id varchar(20) not null,
     payment_id uuid not null,
     version integer not null,
     from_status varchar(20),
     to_status varchar(20) not null,
     reason varchar(50),
     event_id uuid not null,
     at timestamptz not null,
     constraint payment_history_pk primary key (tenant_id, payment_id, version)
   ) partition by range (payment_id)`,
  // Uniqueness over all time lives in narrow tables beside the partitions.
  `create table payments.payment_references (
     tenant_id varchar(20) not null,
     reference varchar(255) not null,
     payment_id uuid not null,
     constraint payment_references_pk primary key (tenant_id, reference)
   )`,
  `create table payments.idempotency_keys (
     tenant_id varchar(20) not null,
     idempotency_key varchar(255) not null,
     fingerprint bytea not null,
     payment_id uuid not null,
     response text not null,
     expires_at timestamptz not null,
     constraint idempotency_keys_pk primary key (tenant_id, idempotency_key)
   )`,
  // Keys are inserted in the order in which they expire: a block range index finds expired ones and costs next to nothing.
  `create index idempotency_keys_expiry on payments.idempotency_keys using brin (expires_at)`,
];

/**
 * Makes the monthly partitions of payments and their history. Runs as the owner, because the roles that log in may not create tables.
 * Short lock timeout: it is tried again later rather than queueing payments behind it.
 */
const makePartitions = `
  create function payments.make_partitions(p_from timestamptz, p_months integer) returns integer
  language plpgsql security definer set search_path = pg_catalog set lock_timeout = '2s' as $$
  declare
    v_month timestamptz;
    v_name text;
    v_low uuid;
    v_high uuid;
    v_parent text;
    v_made integer := 0;
  begin
    if p_months < 0 or p_months > 120 then raise exception 'p_months must be between 0 and 120'; end if;
    perform pg_advisory_xact_lock(hashtext('payments.make_partitions'));
    for i in 0..p_months loop
      v_month := (date_trunc('month', p_from at time zone 'UTC') + make_interval(months => i)) at time zone 'UTC';
      v_low := payments.first_id_at(v_month);
      v_high := payments.first_id_at(
        (date_trunc('month', p_from at time zone 'UTC') + make_interval(months => i + 1)) at time zone 'UTC');
      foreach v_parent in array array['payments', 'payment_history'] loop
        v_name := v_parent || to_char(v_month at time zone 'UTC', '"_y"YYYY"m"MM');
        if to_regclass('payments.' || v_name) is null then
          execute format('create table payments.%I partition of payments.%I for values from (%L) to (%L)',
            v_name, v_parent, v_low, v_high);
          execute format('alter table payments.%I set (autovacuum_vacuum_scale_factor = 0.05)', v_name);
          v_made := v_made + 1;
        end if;
      end loop;
    end loop;
    return v_made;
  end $$`;

/** Rows that no monthly partition took: partitions were not made ahead. A partition has no policy of its own, so its owner sees them. */
const countStrays = `
  create function payments.count_strays() returns bigint
  language sql security definer set search_path = pg_catalog as $$
    select (select count(*) from payments.payments_default) + (select count(*) from payments.payment_history_default) $$`;

/** Payments, their history, and the two tables that make references and idempotency keys unique. */
export class Payments1700000000002 extends ForwardOnly {
  readonly name = 'Payments1700000000002';

  protected statements(): readonly string[] {
    const all = ['payments', 'payment_history', 'payment_references', 'idempotency_keys'].map((t) => `payments.${t}`);
    return [
      `create schema payments`,
      `grant usage on schema payments to ${roles.app}, ${roles.sweeper}`,
      `create function payments.first_id_at(p_time timestamptz) returns uuid language sql immutable as $$
         select (lpad(to_hex((extract(epoch from p_time) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid $$`,
      ...tables,
      `create table payments.payments_default partition of payments.payments default`,
      `create table payments.payment_history_default partition of payments.payment_history default`,
      makePartitions,
      `revoke execute on function payments.make_partitions from public`,
      countStrays,
      `revoke execute on function payments.count_strays from public`,
      `grant execute on function payments.make_partitions, payments.count_strays to ${roles.sweeper}`,
      `select payments.make_partitions(now(), ${MONTHS_AHEAD})`,
      ...all.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      `grant select, insert on ${all.join(', ')} to ${roles.app}`,
      `grant update (${changing.join(', ')}) on payments.payments to ${roles.app}`,
      `grant update, delete on payments.idempotency_keys to ${roles.app}`,
      ...letSweeperSee('payments.payments', ['tenant_id', 'id', 'sweep_at', 'next_attempt_at', 'attention', 'status']),
      ...letSweeperSee('payments.idempotency_keys', ['tenant_id', 'idempotency_key', 'expires_at']),
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
      assertThat(
        `(select count(*) = ${2 * (MONTHS_AHEAD + 1) + 2} from pg_inherits
          where inhparent in ('payments.payments'::regclass, 'payments.payment_history'::regclass))`,
        'partitions exist for this month and those ahead',
      ),
      assertThat(
        `not has_table_privilege('${roles.app}', 'payments.payments_default', 'select')
         and not has_table_privilege('${roles.app}', 'payments.payment_history', 'update, delete, truncate')`,
        'the app reaches no partition directly and cannot rewrite history',
      ),
    ];
  }
}
