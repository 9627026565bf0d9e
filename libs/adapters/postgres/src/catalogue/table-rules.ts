import { app, catalogue, named, sweeper, type CatalogueRule } from './catalogue-rule.js';
import { keysWithoutTenant, otherPolicies, tablesOfNobody } from './exceptions.js';

/** As PostgreSQL writes down what `isolateTenants` of the migrations says. */
const itsOwnTenant = `((tenant_id)::text = current_setting('app.current_tenant_id'::text, true))`;

/** Policies that widen what is seen; one that is restrictive can only narrow it. */
const policies = `${catalogue},
  policy as (
    select t.oid, t.name || ' ' || p.polname as name, login.rolname, p.polcmd as command,
      pg_get_expr(p.polqual, p.polrelid) as sees, pg_get_expr(coalesce(p.polwithcheck, p.polqual), p.polrelid) as writes
    from tenant_table t join pg_policy p on p.polrelid = t.oid and p.polpermissive
    join login on exists (select from unnest(p.polroles) r(oid) where r.oid = 0 or pg_has_role(login.oid, r.oid, 'member')))`;

/**
 * A table that an ETL fills has the columns of the source design, and no tenant_id: its one policy for a login shows it to the tenant whose source
 * it is. Row security is asked for whose session it is, and not who writes: the ETL fills it by a policy of its own.
 */
const drained = `r.forced
  and exists (select from pg_policy p where p.polrelid = r.oid and p.polname = 'drained')
  and not exists (select from pg_policy p cross join login where p.polrelid = r.oid and p.polpermissive
    and exists (select from unnest(p.polroles) x(oid) where x.oid = 0 or pg_has_role(login.oid, x.oid, 'member'))
    and (login.rolname <> '${app}'
      or format('( SELECT recording.drains(%L::text) AS drains)', r.name) is distinct from pg_get_expr(p.polqual, p.polrelid)
      or format('( SELECT recording.drains(%L::text) AS drains)', r.name)
        is distinct from pg_get_expr(coalesce(p.polwithcheck, p.polqual), p.polrelid)))`;

/** What a table must be like. */
export const tableRules: readonly CatalogueRule[] = [
  {
    name: 'tenant-or-named',
    meaning:
      'a table has a tenant_id, or is shown to the one tenant it is drained for, or is on the list of tables of nobody',
    faults: `${catalogue} select r.name as subject from relation r
      where r.relkind in ('r', 'p', 'f') and r.tenant is null and r.name <> all (${named(tablesOfNobody)}) and not (${drained})`,
  },
  {
    name: 'tenant-typed',
    meaning: 'tenant_id is varchar(20) not null everywhere',
    faults: `${catalogue} select t.name as subject from tenant_table t join pg_attribute a on a.attrelid = t.oid and a.attnum = t.tenant
      where format_type(a.atttypid, a.atttypmod) <> 'character varying(20)' or not a.attnotnull`,
  },
  {
    name: 'row-security-forced',
    meaning: 'row level security is enabled and forced',
    faults: `${catalogue} select name as subject from tenant_table where not relispartition and not forced`,
  },
  {
    name: 'policy-there',
    meaning: 'a table has a policy for the app',
    faults: `${policies} select t.name as subject from tenant_table t where not t.relispartition
      and not exists (select from policy p where p.oid = t.oid and p.rolname = '${app}')`,
  },
  {
    name: 'policy-by-tenant',
    meaning: 'whatever policy reaches the app lets it see and write its own tenant and nothing else',
    faults: `${policies} select name as subject from policy
      where rolname = '${app}' and name <> all (${named(otherPolicies)})
        and ((command <> 'a' and sees is distinct from $$${itsOwnTenant}$$)
          or (command in ('a', 'w', '*') and writes is distinct from $$${itsOwnTenant}$$))`,
  },
  {
    name: 'policy-of-sweeper',
    meaning: 'whatever policy reaches the sweeper lets it see and never write',
    faults: `${policies} select name as subject from policy where rolname = '${sweeper}' and command <> 'r'`,
  },
  {
    name: 'primary-key-there',
    meaning: 'a table has a primary key',
    faults: `${catalogue} select t.name as subject from tenant_table t
      where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)`,
  },
  {
    name: 'tenant-leads-keys',
    meaning: 'tenant_id leads the primary key and every unique index',
    faults: `${catalogue}, key as (
        select n.nspname || '.' || c.relname as name, i.indkey[0] = t.tenant as led from tenant_table t
        join pg_index i on i.indrelid = t.oid and (i.indisunique or i.indisexclusion)
        join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace)
      select name as subject from key where not led and name <> all (${named(keysWithoutTenant)})`,
  },
  {
    name: 'tenant-leads-foreign-keys',
    meaning: 'tenant_id leads every foreign key, on both sides',
    faults: `${catalogue} select t.name || ' ' || f.conname as subject from relation t
      join pg_constraint f on f.conrelid = t.oid and f.contype = 'f'
      join pg_attribute there on there.attrelid = f.confrelid and there.attnum = f.confkey[1]
      where f.conkey[1] is distinct from t.tenant or there.attname <> 'tenant_id'`,
  },
  {
    name: 'no-rewriting',
    meaning: 'no rule turns what is written to a table into something else, which it would do as the owner',
    faults: `${catalogue} select r.name || ' ' || w.rulename as subject from relation r
      join pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN'`,
  },
  {
    name: 'views-as-caller',
    meaning: 'a view sees what its caller sees (security_invoker), and nothing is materialised',
    faults: `${catalogue} select name as subject from relation r where relkind = 'm' or relkind = 'v' and not coalesce(
      (select o.option_value::boolean from pg_options_to_table(r.reloptions) o where o.option_name = 'security_invoker'), false)`,
  },
];
