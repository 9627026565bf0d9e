import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants } from './statements.js';

const DIRECTORY = 'tenancy.key_directory';

const tables = [
  `create table tenancy.tenant_api_keys (
     tenant_id varchar(20) not null,
     key_id uuid not null,
     key_prefix varchar(30) not null,
     key_hash varchar(64) not null,
     key_name varchar(100) not null,
     scopes varchar(50)[] not null,
     business_unit_id varchar(30),
     expires_at timestamptz,
     allowed_ranges varchar(50)[] not null,
     rate_limit_per_minute integer,
     created_at timestamptz not null,
     last_used_at timestamptz,
     revoked_at timestamptz,
     replaced_by uuid,
     constraint tenant_api_keys_pk primary key (tenant_id, key_id),
     constraint tenant_api_keys_prefix unique (tenant_id, key_prefix),
     constraint tenant_api_keys_hashed check (key_hash ~ '^[0-9a-f]{64}$'),
     constraint tenant_api_keys_may_something check (cardinality(scopes) > 0)
   )`,
  // The one table that is not led by its tenant: it is asked before the tenant is known. It says whose a prefix is, and no more.
  `create table ${DIRECTORY} (
     key_prefix varchar(30) not null,
     tenant_id varchar(20) not null,
     constraint key_directory_pk primary key (key_prefix)
   )`,
];

/** A row is seen by whoever can name it: prefixes hold 60 random bits, so that they cannot be walked through (ADR 0013). */
const policies = [
  `alter table ${DIRECTORY} enable row level security`,
  `alter table ${DIRECTORY} force row level security`,
  `create policy presented on ${DIRECTORY} for select to ${roles.app}
     using (key_prefix = any (string_to_array(current_setting('app.presented_prefixes', true), ',')))`,
  `create policy tenant on ${DIRECTORY} for insert to ${roles.app}
     with check (tenant_id = current_setting('app.current_tenant_id', true))`,
];

/** By the value that is asked for, not by tenant: one node answers. */
const distributeDirectory = `
  do $$ begin
    if exists (select from pg_extension where extname = 'citus') then
      perform create_distributed_table('${DIRECTORY}', 'key_prefix', colocate_with => 'none');
    end if;
  end $$`;

/**
 * The keys with these prefixes, of whatever tenants, each with what is to be known of its tenant. With the rights of the caller: it names the
 * prefixes, sees whose they are, and enters each of these tenants in turn. One round trip, however many keys and tenants.
 */
const findKeys = `
  create function tenancy.find_keys(p_prefixes varchar[])
  returns table (
    tenant_id varchar, key_id uuid, key_prefix varchar, key_hash varchar, key_name varchar, scopes varchar[],
    business_unit_id varchar, expires_at timestamptz, allowed_ranges varchar[], rate_limit_per_minute integer,
    created_at timestamptz, last_used_at timestamptz, revoked_at timestamptz, replaced_by uuid,
    tenant_name varchar, status varchar, mode varchar, twin_id varchar, tenant_created_at timestamptz, updated_at timestamptz)
  language plpgsql as $$
  #variable_conflict use_column
  declare v_owned record;
  begin
    if cardinality(p_prefixes) > 1000 then raise exception 'at most 1000 prefixes'; end if;
    execute format('set local app.presented_prefixes = %L', array_to_string(p_prefixes, ','));
    for v_owned in
      select d.tenant_id, array_agg(d.key_prefix) as prefixes
      from ${DIRECTORY} d where d.key_prefix = any (p_prefixes) group by d.tenant_id
    loop
      perform tenancy.enter(v_owned.tenant_id);
      return query
        select k.tenant_id, k.key_id, k.key_prefix, k.key_hash, k.key_name, k.scopes, k.business_unit_id, k.expires_at,
          k.allowed_ranges, k.rate_limit_per_minute, k.created_at, k.last_used_at, k.revoked_at, k.replaced_by,
          t.tenant_name, t.status, t.mode, t.twin_id, t.created_at, t.updated_at
        from tenancy.tenant_api_keys k join tenancy.tenants t on t.tenant_id = k.tenant_id
        where k.tenant_id = v_owned.tenant_id and k.key_prefix = any (v_owned.prefixes);
    end loop;
    -- Who asked is in no tenant, and has named nobody.
    perform tenancy.enter('');
    set local app.presented_prefixes = '';
  end $$`;

/** Keys, and the way from a key to its tenant. */
export class ApiKeys1700000000008 extends ForwardOnly {
  readonly name = 'ApiKeys1700000000008';

  protected statements(): readonly string[] {
    return [
      ...tables,
      distribute('tenancy.tenant_api_keys'),
      distributeDirectory,
      ...isolateTenants('tenancy.tenant_api_keys'),
      ...policies,
      `grant select, insert on tenancy.tenant_api_keys, ${DIRECTORY} to ${roles.app}`,
      `grant update (expires_at, last_used_at, revoked_at, replaced_by) on tenancy.tenant_api_keys to ${roles.app}`,
      findKeys,
      `revoke execute on function tenancy.find_keys from public`,
      `grant execute on function tenancy.find_keys to ${roles.app}`,
      assertThat(isolated('tenancy.tenant_api_keys'), 'keys are isolated'),
      assertThat(isolated(DIRECTORY), 'the directory of keys is isolated'),
      assertThat(
        `not has_column_privilege('${roles.app}', 'tenancy.tenant_api_keys', 'scopes', 'update')
         and not has_table_privilege('${roles.app}', '${DIRECTORY}', 'update, delete, truncate')
         and (select not prosecdef from pg_proc where oid = 'tenancy.find_keys'::regproc)`,
        'what a key may do never changes, and keys are found with the rights of the caller',
      ),
    ];
  }
}
