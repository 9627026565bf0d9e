import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, letSweeperSee } from './statements.js';

const PAYMENTS = 'recording.payments';
const REFERENCES = 'recording.payment_references';
const FORGOTTEN = 'recording.forgotten_references';
const DROPPED = 'recording.dropped_months';
/** At set-up, as the source design asks; maintenance makes those that PARTITION_MONTHS_AHEAD asks for. */
const MONTHS_AHEAD = 3;
/** Whoever may call `drop_partition` cannot use it to hide what is younger. */
const MONTHS_KEPT_MIN = 3;

/** Of functions that change what months there are: as the owner, in UTC, one at a time. Who waits for another one of these keeps nobody waiting. */
const asOwner = `security definer set search_path = pg_catalog set timezone = 'UTC' set lock_timeout = '60s'`;
const oneAtATime = `perform pg_advisory_xact_lock(hashtext('recording.payments'))`;
const nameOf = (month: string): string => `to_char(${month}, '"payments_y"YYYY"m"MM')`;

/**
 * Has all payments to itself for the rest of the transaction. Whoever records or reads waits behind whoever asks for such a lock, so it is asked for
 * briefly and often, a little longer each time, instead of once and patiently. The parent's too: whoever had looked up the partitions before and looked into them
 * afterwards would miss rows that moved, or be refused.
 */
const lockPayments = `
  create function recording.lock_payments(p_partition text) returns void language plpgsql set lock_timeout = '50ms' as $$
  begin
    for i in 1..12 loop
      begin
        perform set_config('lock_timeout', 50 * i || 'ms', true);
        execute format('lock table only ${PAYMENTS}, recording.payments_default, recording.%I in access exclusive mode', p_partition);
        return;
      exception when lock_not_available then
        perform pg_sleep(0.4);
      end;
    end loop;
    raise exception 'recorded payments are in use, try again later' using errcode = 'object_in_use';
  end $$`;

/**
 * Makes the months that are missing from that of p_from on; answers how many. Payments that came before their month was made lie in the default
 * partition and move over: most of them before anybody has to wait, those that came meanwhile under the lock. The lock is held until the
 * transaction ends, so where there may be many, one month a call. p_kept_until: not dropped before, for months that are there too.
 * What the moved ones leave is cut off when nothing else is there; until then attaching looks at it.
 */
const makePartitions = `
  create function recording.make_partitions(p_from timestamptz, p_months integer, p_kept_until timestamptz default null) returns integer
  language plpgsql ${asOwner} as $$
  declare
    v_low timestamptz;
    v_high timestamptz;
    v_name text;
    v_move text;
    v_made integer := 0;
  begin
    if p_months < 0 or p_months > 120 then raise exception 'p_months must be between 0 and 120'; end if;
    ${oneAtATime};
    for i in 0..p_months loop
      v_low := date_trunc('month', p_from) + make_interval(months => i);
      v_high := v_low + interval '1 month';
      v_name := ${nameOf('v_low')};
      if to_regclass('recording.' || v_name) is null then
        -- With the check, attaching it need not look at its rows.
        execute format('create table recording.%I (like ${PAYMENTS} including all,
          constraint of_this_month check (payment_date >= %L and payment_date < %L))', v_name, v_low, v_high);
        v_move := format('with moved as (delete from recording.payments_default where payment_date >= %L and payment_date < %L returning *)
          insert into recording.%I select * from moved', v_low, v_high, v_name);
        execute v_move;
        perform recording.lock_payments(v_name);
        execute v_move;
        if not exists (select from recording.payments_default) then truncate recording.payments_default; end if;
        execute format('alter table ${PAYMENTS} attach partition recording.%I for values from (%L) to (%L)', v_name, v_low, v_high);
        execute format('alter table recording.%I drop constraint of_this_month', v_name);
        v_made := v_made + 1;
      end if;
      if p_kept_until > coalesce(recording.kept_until(v_name), '-infinity') then
        execute format('comment on table recording.%I is %L', v_name, 'kept until ' || to_char(p_kept_until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
      end if;
    end loop;
    return v_made;
  end $$`;

/** Until when a month stays whatever its age, said in its comment so that it goes when the month goes. */
const keptUntil = `
  create function recording.kept_until(p_name text) returns timestamptz language sql stable set search_path = pg_catalog as $$
    select substring(obj_description(to_regclass('recording.' || p_name), 'pg_class') from '^kept until (.+)$')::timestamptz $$`;

/**
 * When each month was last dropped. A reference stays for as long as it is said to, so it may outlast its payment, and the month may come again with
 * a late one: by this it is known which payments went with their month, and which are missing. Of no tenant.
 */
const droppedMonths = `
  create table ${DROPPED} (
    month date not null,
    dropped_at timestamptz not null,
    constraint dropped_months_pk primary key (month)
  )`;

/**
 * Drops a month whose time is over. p_rows: how many payments of it are known to be kept elsewhere; one that came since is not lost, because
 * then nothing is done ('changed'). They are counted twice, so that nobody waits for a count that is in vain or finds a cold cache.
 */
const dropPartition = `
  create function recording.drop_partition(p_month timestamptz, p_now timestamptz, p_retention integer, p_rows bigint default null)
  returns text language plpgsql ${asOwner} as $$
  declare
    v_name text := ${nameOf(`date_trunc('month', p_month)`)};
    v_now timestamptz := least(p_now, now());
    v_over timestamptz := date_trunc('month', p_month) + make_interval(months => 1 + greatest(p_retention, ${MONTHS_KEPT_MIN}));
    v_rows bigint;
  begin
    ${oneAtATime};
    if to_regclass('recording.' || v_name) is null then return 'absent'; end if;
    if v_now < greatest(v_over, recording.kept_until(v_name)) then return 'kept'; end if;
    for i in 1..2 loop
      if i = 2 then perform recording.lock_payments(v_name); end if;
      if p_rows is not null then
        execute format('select count(*) from recording.%I', v_name) into v_rows;
        if v_rows <> p_rows then return 'changed'; end if;
      end if;
    end loop;
    execute format('drop table recording.%I', v_name);
    -- Under the lock: whoever recorded a payment of this month before has an earlier time.
    insert into ${DROPPED} values (date_trunc('month', p_month)::date, clock_timestamp())
      on conflict (month) do update set dropped_at = excluded.dropped_at;
    return 'dropped';
  end $$`;

const countStrays = `
  create function recording.count_strays() returns bigint
  language sql security definer set search_path = pg_catalog as $$ select count(*) from recording.payments_default $$`;

/** Which months those are that no partition took, latest first. */
const strayMonths = `
  create function recording.stray_months(p_limit integer) returns setof timestamptz
  language sql security definer set search_path = pg_catalog set timezone = 'UTC' as $$
    select distinct date_trunc('month', payment_date) from recording.payments_default order by 1 desc limit p_limit $$`;

const functions = ['make_partitions', 'drop_partition', 'count_strays', 'stray_months'].map(
  (name) => `recording.${name}`,
);

/** The months of recorded payments: made ahead, moved into, dropped; and what finds references that are old. */
export class RecordingMonths1700000000016 extends ForwardOnly {
  readonly name = 'RecordingMonths1700000000016';

  protected statements(): readonly string[] {
    return [
      lockPayments,
      keptUntil,
      droppedMonths,
      `grant select on ${DROPPED} to ${roles.app}`,
      makePartitions,
      dropPartition,
      countStrays,
      strayMonths,
      `revoke execute on function recording.lock_payments, recording.kept_until, ${functions.join(', ')} from public`,
      `grant execute on function recording.kept_until, ${functions.join(', ')} to ${roles.sweeper}`,
      // Vacuum would hold on to it just when months are made. It is empty but for strays, and is truncated after them.
      `alter table recording.payments_default set (autovacuum_enabled = false)`,
      `select recording.make_partitions(now() - interval '1 month', ${MONTHS_AHEAD + 1})`,
      ...letSweeperSee(PAYMENTS, ['tenant_id', 'payment_date']),
      ...letSweeperSee(REFERENCES, ['tenant_id', 'reference_number', 'created_at']),
      ...letSweeperSee(FORGOTTEN, ['tenant_id', 'hash', 'payment_date']),
      assertThat(
        `(select count(*) = ${MONTHS_AHEAD + 3} from pg_inherits where inhparent = '${PAYMENTS}'::regclass)`,
        'months exist from the last one to those ahead',
      ),
      assertThat(
        `not has_function_privilege('${roles.app}', 'recording.drop_partition(timestamptz, timestamptz, integer, bigint)', 'execute')`,
        'the app drops nothing',
      ),
    ];
  }
}
