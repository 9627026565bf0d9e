import { roles } from './bootstrap.js';

const NAME = 'recording.record_staged';

/**
 * One batch of a staging table: what is new is recorded, what is bad noted, all of it marked, and the batch logged, in one statement and so in
 * one transaction. Only rows that nobody else holds, has taken or has changed since they were read: if one is not to be had nothing is done,
 * and those are answered in `lost`. Else answers the duplicates, as recording.record_payments does. Rows that were bad before (p_retry) are
 * marked already; of them the note is what two drainers contend for.
 */
const body = `
  create function ${NAME}(
    p_tenant varchar, p_topic varchar, p_source varchar, p_now timestamptz,
    p_ids uuid[], p_units varchar[], p_references varchar[], p_loans varchar[], p_cifs varchar[], p_amounts bigint[], p_currencies varchar[],
    p_dates timestamptz[], p_channels varchar[], p_metadata text,
    p_events uuid[], p_event_type varchar, p_payloads text, p_correlations varchar[], p_traceparents varchar[],
    p_table varchar, p_retry boolean, p_log uuid, p_started timestamptz, p_rows bigint[], p_xmins text[], p_attempts integer[],
    p_duplicates integer, p_bad bigint[], p_bad_attempts integer[], p_reasons text, p_next timestamptz[], p_shown text)
  returns table (lost bigint, recording integer, payment_id uuid)
  language plpgsql as $$
  #variable_conflict use_column
  declare
    v_table text := format('%I.%I', split_part(p_table, '.', 1), split_part(p_table, '.', 2));
    v_got bigint[];
    v_duplicates integer := 0;
  begin
    perform tenancy.enter(p_tenant);
    if not exists (select from recording.staging_sources s where s.tenant_id = p_tenant and s.table_name = p_table and s.enabled) then
      raise exception '% is no source of %', p_table, p_tenant using errcode = 'object_not_in_prerequisite_state';
    end if;

    if p_retry then
      v_got := array(select e.row_id from recording.staging_errors e join unnest(p_rows, p_attempts) as u(id, attempts)
        on e.row_id = u.id and e.attempts = u.attempts
        where e.tenant_id = p_tenant and e.table_name = p_table order by e.row_id for update of e skip locked);
    else
      -- By ids alone, and compared outside: a join of both was planned as a scan of the whole table.
      execute 'select array(select had.id from (select t.id, t.xmin from ' || v_table || ' t where t.id = any ($1) and t.processed is not true
          order by t.id for update skip locked) as had
        join unnest($1, $2::xid[]) as u(id, xmin) on u.id = had.id and u.xmin = had.xmin)' into v_got using p_rows, p_xmins;
    end if;
    if cardinality(v_got) < cardinality(p_rows) then
      return query select u.id, null::integer, null::uuid from unnest(p_rows) as u(id) where u.id <> all (v_got);
      return;
    end if;

    if cardinality(p_ids) > 0 then
      return query select null::bigint, r.recording, r.payment_id from recording.record_payments(p_tenant, p_topic, p_source, p_now,
        p_ids, p_units, p_references, p_loans, p_cifs, p_amounts, p_currencies, p_dates, p_channels, p_metadata,
        p_events, p_event_type, p_payloads, p_correlations, p_traceparents) r;
      get diagnostics v_duplicates = row_count;
    end if;

    if not p_retry then
      execute 'update ' || v_table || ' set processed = true, processed_at = $2 where id = any ($1)'
        using p_rows, p_now at time zone 'UTC';
    end if;
    delete from recording.staging_errors e
      where e.tenant_id = p_tenant and e.table_name = p_table and e.row_id = any (p_rows) and e.row_id <> all (p_bad);
    if cardinality(p_bad) > 0 then
      insert into recording.staging_errors as e
          (tenant_id, table_name, row_id, attempts, reason, next_attempt_at, shown_row, first_at, last_at)
        select p_tenant, p_table, u.id, u.attempts, u.reason, u.next, u.shown::json, p_now, p_now
        from unnest(p_bad, p_bad_attempts, string_to_array(p_reasons, e'\\x1e'), p_next, string_to_array(p_shown, e'\\x1e'))
          as u(id, attempts, reason, next, shown)
        on conflict (tenant_id, table_name, row_id) do update set attempts = excluded.attempts, reason = excluded.reason,
          next_attempt_at = excluded.next_attempt_at, shown_row = excluded.shown_row, last_at = excluded.last_at;
    end if;
    insert into recording.staging_process_log (tenant_id, id, source, retry, batch_start_id, batch_end_id, total_records,
        processed_records, duplicate_records, error_records, status, started_at, completed_at)
      values (p_tenant, p_log, p_table, p_retry, p_rows[1], p_rows[cardinality(p_rows)], cardinality(p_rows),
        cardinality(p_ids) - v_duplicates, p_duplicates + v_duplicates, cardinality(p_bad), 'completed', p_started,
        p_now + (clock_timestamp() - statement_timestamp()));
  end $$`;

export const recordStaged: readonly string[] = [
  body,
  `revoke execute on function ${NAME} from public`,
  `grant execute on function ${NAME} to ${roles.app}`,
];
