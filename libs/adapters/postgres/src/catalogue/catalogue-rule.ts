/** A rule by which the database keeps tenants apart, asked of its catalogue. */
export interface CatalogueRule {
  readonly name: string;
  readonly meaning: string;
  /** Answers one `subject text` for each fault. May begin with the tables of `catalogue`. */
  readonly faults: string;
}

/** As the migrations name them (`bootstrap.ts`). */
export const owner = 'ferry_owner';
export const app = 'ferry_app';
export const sweeper = 'ferry_sweeper';

/** Names as an SQL array. Ours hold no quotes. */
export const named = (names: Readonly<Record<string, string>>): string =>
  `array[${Object.keys(names)
    .map((name) => `'${name}'`)
    .join(', ')}]::text[]`;

/**
 * `granted`: what the two logins may do to whom, by themselves, by membership or as everybody. `relation`: tables and views that our owner
 * owns, or that a login can reach; `tenant` is the number of the column `tenant_id`. Others in the same database are nobody's business.
 */
export const catalogue = `
  with login as (select oid, rolname from pg_roles where rolname in ('${app}', '${sweeper}')),
  anything as (
    select c.oid, n.nspname || '.' || c.relname as name, c.relkind, c.relispartition, c.relowner, c.relacl, c.reloptions,
      c.relrowsecurity and c.relforcerowsecurity as forced, t.attnum as tenant
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped
    where c.relkind in ('r', 'p', 'f', 'v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')),
  acl as (
    select oid, null::name as attname, relacl as acl from anything
    union all
    select r.oid, a.attname, a.attacl from anything r join pg_attribute a on a.attrelid = r.oid and not a.attisdropped),
  granted as (
    select acl.oid, acl.attname, login.rolname, x.privilege_type
    from login cross join acl cross join lateral aclexplode(acl.acl) x
    where x.grantee = 0 or pg_has_role(login.oid, x.grantee, 'member')),
  relation as (
    select * from anything r where pg_get_userbyid(r.relowner) = '${owner}' or exists (select from granted g where g.oid = r.oid)),
  tenant_table as (select * from relation where relkind in ('r', 'p', 'f') and tenant is not null)`;
