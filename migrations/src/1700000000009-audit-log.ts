import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

const LOG = 'tenancy.tenant_audit_log';
const CHAIN = 'tenancy.tenant_audit_chain';
const PENDING = 'tenancy.tenant_audit_pending';
const MONTHS_AHEAD = 3;

const tables = [
  // Range over the id: a UUIDv7 carries its time. before_value and after_value are texts, because the chain proves them to the letter.
  `create table ${LOG} (
     tenant_id varchar(20) not null,
     id uuid not null,
     at timestamptz not null,
     actor_kind varchar(20) not null,
     actor_id varchar(255) not null,
     action varchar(50) not null,
     subject varchar(255) not null,
     before_value text,
     after_value text,
     address varchar(45),
     request_id varchar(128),
     constraint tenant_audit_log_pk primary key (tenant_id, id)
   ) partition by range (id)`,
  `create table tenancy.tenant_audit_log_default partition of ${LOG} default`,
  // A table of its own, because the log can only be added to. Its sequence is the order of the chain.
  `create table ${CHAIN} (
     tenant_id varchar(20) not null,
     sequence bigint not null,
     audit_id uuid not null,
     previous_hash varchar(64) not null,
     hash varchar(64) not null,
     constraint tenant_audit_chain_pk primary key (tenant_id, sequence),
     constraint tenant_audit_chain_once unique (tenant_id, audit_id)
   )`,
  // Entries that are in no chain yet: what commits late is not forgotten, as it would be behind a position read before.
  `create table ${PENDING} (
     tenant_id varchar(20) not null,
     audit_id uuid not null,
     constraint tenant_audit_pending_pk primary key (tenant_id, audit_id)
   )`,
];

/** See payments.make_partitions, of which this is the like. */
const makePartitions = `
  create function tenancy.make_audit_partitions(p_from timestamptz, p_months integer) returns integer
  language plpgsql security definer set search_path = pg_catalog set lock_timeout = '2s' as $$
  declare
    v_first timestamp := date_trunc('month', p_from at time zone 'UTC');
    v_low timestamptz;
    v_high timestamptz;
    v_name text;
    v_made integer := 0;
  begin
    if p_months < 0 or p_months > 120 then raise exception 'p_months must be between 0 and 120'; end if;
    perform pg_advisory_xact_lock(hashtext('tenancy.make_audit_partitions'));
    for i in 0..p_months loop
      v_low := (v_first + make_interval(months => i)) at time zone 'UTC';
      v_high := (v_first + make_interval(months => i + 1)) at time zone 'UTC';
      v_name := 'tenant_audit_log' || to_char(v_low at time zone 'UTC', '"_y"YYYY"m"MM');
      if to_regclass('tenancy.' || v_name) is null then
        execute format('create table tenancy.%I partition of ${LOG} for values from (%L) to (%L)',
          v_name, payments.first_id_at(v_low), payments.first_id_at(v_high));
        v_made := v_made + 1;
      end if;
    end loop;
    return v_made;
  end $$`;

/**
 * Drops the months that nobody has to keep: older than p_days, and than the longest time that any tenant ever asked for. Whoever may call
 * it cannot use it to hide what is younger than a year. Rows outside of any month stay, because their time is not to be trusted.
 *
 * Links go from the beginning of a chain only: one in the middle, of an entry that had come late, stays without its entry, and so does the
 * last one, which the next entry follows.
 */
const dropPartitions = `
  create function tenancy.drop_audit_partitions(p_now timestamptz, p_days integer) returns integer
  language plpgsql security definer set search_path = pg_catalog set lock_timeout = '2s' as $$
  declare
    v_days integer;
    v_before timestamptz;
    v_partition record;
    v_dropped integer := 0;
    v_kept uuid;
  begin
    if p_days < 365 then raise exception 'an audit log is kept for at least 365 days'; end if;
    select greatest(p_days, max((config_value::json -> 'retention' ->> 'audit_days')::integer)) into v_days
      from tenancy.tenant_configs where config_key = 'settings';
    v_before := least(p_now, now()) - make_interval(days => v_days);
    for v_partition in
      select c.relname, to_date(right(c.relname, 7), 'YYYY"m"MM') + interval '1 month' as until
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = '${LOG}'::regclass and c.relname ~ '_y[0-9]{4}m[0-9]{2}$' order by 2
    loop
      exit when v_partition.until at time zone 'UTC' > v_before;
      execute format('drop table tenancy.%I', v_partition.relname);
      v_dropped := v_dropped + 1;
      v_kept := payments.first_id_at(v_partition.until at time zone 'UTC');
    end loop;
    delete from ${CHAIN} c using (
      select k.tenant_id, coalesce(min(k.sequence) filter (where k.audit_id >= v_kept or d.id is not null), max(k.sequence)) as sequence
      from ${CHAIN} k left join ${LOG}_default d on d.tenant_id = k.tenant_id and d.id = k.audit_id
      group by k.tenant_id) first
    where v_dropped > 0 and c.tenant_id = first.tenant_id and c.sequence < first.sequence;
    return v_dropped;
  end $$`;

/**
 * Where the oldest month begins that is there, and a year ago at the latest: an entry from before may be gone by right, and no later one.
 * With the rights of the caller, who reads it in the catalogue.
 */
const keptFrom = `
  create function tenancy.audit_kept_from() returns timestamptz
  language sql stable set search_path = pg_catalog as $$
    select least(now() - interval '365 days', min(to_date(right(c.relname, 7), 'YYYY"m"MM')::timestamp at time zone 'UTC'))
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = '${LOG}'::regclass and c.relname ~ '_y[0-9]{4}m[0-9]{2}$' $$`;

const countStrays = `
  create function tenancy.count_audit_strays() returns bigint
  language sql security definer set search_path = pg_catalog as $$
    select count(*) from tenancy.tenant_audit_log_default $$`;

const functions = ['make_audit_partitions', 'drop_audit_partitions', 'count_audit_strays'].map(
  (name) => `tenancy.${name}`,
);

/** For reports: each entry with its place in the chain. As whoever asks, so that it shows a tenant its own. */
const report = `
  create view tenancy.audit_report with (security_invoker = true) as
  select l.tenant_id, l.id, l.at, (l.at at time zone 'UTC')::date as day, l.actor_kind, l.actor_id, l.action, l.subject,
    l.before_value, l.after_value, l.address, l.request_id, c.sequence, c.hash
  from ${LOG} l left join ${CHAIN} c on c.tenant_id = l.tenant_id and c.audit_id = l.id`;

/** Who did what: added to and never changed, chained afterwards, kept for seven years. */
export class AuditLog1700000000009 extends ForwardOnly {
  readonly name = 'AuditLog1700000000009';

  protected statements(): readonly string[] {
    const all = [LOG, CHAIN, PENDING];
    return [
      ...tables,
      makePartitions,
      dropPartitions,
      countStrays,
      keptFrom,
      `revoke execute on function tenancy.audit_kept_from from public`,
      `grant execute on function tenancy.audit_kept_from to ${roles.app}`,
      `revoke execute on function ${functions.join(', ')} from public`,
      `grant execute on function ${functions.join(', ')} to ${roles.sweeper}`,
      `select tenancy.make_audit_partitions(now(), ${MONTHS_AHEAD})`,
      ...all.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      // What drop_audit_partitions does as the owner; nobody can log in as the owner.
      `create policy owner on ${CHAIN} to ${roles.owner} using (true)`,
      `create policy owner on tenancy.tenant_configs for select to ${roles.owner} using (true)`,
      `grant select, insert on ${LOG}, ${CHAIN} to ${roles.app}`,
      `grant select, insert, delete on ${PENDING} to ${roles.app}`,
      report,
      `grant select on tenancy.audit_report to ${roles.app}`,
      ...letSweeperSee(PENDING, ['tenant_id']),
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
      assertThat(
        `not has_table_privilege('${roles.app}', '${LOG}', 'update, delete, truncate')
         and not has_any_column_privilege('${roles.app}', '${LOG}', 'update')
         and not has_table_privilege('${roles.app}', '${CHAIN}', 'update, delete, truncate')
         and not has_table_privilege('${roles.app}', 'tenancy.tenant_audit_log_default', 'select, insert')`,
        'the audit log and its chain can only be added to, and no partition is reached directly',
      ),
    ];
  }
}
