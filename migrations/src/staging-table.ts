import { roles } from './bootstrap.js';

/** True for the one tenant whose rows a staging table holds. With the caller's rights: it sees the sources of its own tenant only. */
const drains = `
  create function recording.drains(p_table text) returns boolean language sql stable as $$
    select exists (select from recording.staging_sources s
      where s.tenant_id = current_setting('app.current_tenant_id', true) and s.table_name = p_table) $$`;

/**
 * Makes a table of an ETL, with the columns of public.payment_staging, one that Ferry can drain: rows are shown to the tenant whose source it
 * is and to nobody else, the app may mark them, the ETL may do what it likes with the rest. To be called by whoever owns the table, with his
 * own rights; may be called again.
 */
const prepare = `
  create function recording.prepare_staging(p_table text) returns void language plpgsql as $$
  declare
    v_name text := format('%I.%I', split_part(p_table, '.', 1), split_part(p_table, '.', 2));
    v_mine text;
    v_owner text;
  begin
    if p_table !~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$' then
      raise exception '% is not schema.table in lower case', p_table using errcode = 'invalid_name';
    end if;
    v_mine := format('(select recording.drains(%L))', p_table);
    select quote_ident(pg_get_userbyid(relowner)) into v_owner from pg_class where oid = v_name::regclass;
    execute format('create index if not exists %I on %s (id) where processed is not true', split_part(p_table, '.', 2) || '_waiting', v_name);
    execute format('alter table %s enable row level security', v_name);
    execute format('alter table %s force row level security', v_name);
    execute format('drop policy if exists drained on %s', v_name);
    execute format('create policy drained on %s to ${roles.app} using (%s) with check (%s)', v_name, v_mine, v_mine);
    execute format('drop policy if exists filled on %s', v_name);
    execute format('create policy filled on %s to ${roles.etl}, %s using (true) with check (true)', v_name, v_owner);
    if not has_schema_privilege('${roles.app}', split_part(p_table, '.', 1), 'usage') then
      execute format('grant usage on schema %I to ${roles.app}', split_part(p_table, '.', 1));
    end if;
    execute format('grant select, update (processed, processed_at) on %s to ${roles.app}', v_name);
  end $$`;

/** As the source design has it, to the letter. A table that is there already stays as it is, and is its owner's to prepare. */
const table = `
  create table if not exists public.payment_staging (
    id bigserial primary key,
    reference_number varchar(255) not null,
    loan_account_number varchar(20) not null,
    cif varchar(20) not null,
    amount decimal(15,2) not null,
    payment_date timestamp not null,
    payment_channel varchar(100),
    metadata jsonb,
    processed boolean default false,
    processed_at timestamp,
    created_at timestamp default now()
  )`;

/** Ours: prepared, and for the ETL to fill. Every row is written twice, so vacuum has to keep up with the drain. */
const ours = `
  do $$ begin
    if pg_get_userbyid((select relowner from pg_class where oid = 'public.payment_staging'::regclass)) = '${roles.owner}' then
      perform recording.prepare_staging('public.payment_staging');
      grant select, insert, delete, update (reference_number, loan_account_number, cif, amount, payment_date, payment_channel, metadata)
        on public.payment_staging to ${roles.etl};
      grant usage on sequence public.payment_staging_id_seq to ${roles.etl};
      alter table public.payment_staging set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.05);
    end if;
  end $$`;

export const stagingTableStatements: readonly string[] = [drains, prepare, table, ours];
