import { app, catalogue, named, owner, sweeper, type CatalogueRule } from './catalogue-rule.js';
import { appendOnly, definerFunctions } from './exceptions.js';

const theLogins = `rolname in ('${app}', '${sweeper}')`;

/** What the logins must not be able to do. */
export const roleRules: readonly CatalogueRule[] = [
  {
    name: 'partitions-closed',
    meaning: 'no login reaches a partition directly: it has no policy of its own',
    faults: `${catalogue} select r.name || ' ' || g.rolname || ' ' || g.privilege_type as subject
      from relation r join granted g on g.oid = r.oid where r.relispartition`,
  },
  {
    name: 'rows-only',
    meaning: 'no login may do anything to a table but see, add, change and take away rows',
    faults: `${catalogue} select r.name || ' ' || g.rolname || ' ' || g.privilege_type as subject
      from relation r join granted g on g.oid = r.oid
      where g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')`,
  },
  {
    name: 'append-only',
    meaning: 'history, references and the audit log can only be added to',
    faults: `${catalogue} select l.name || coalesce(' ' || g.rolname || ' ' || g.privilege_type, ' is not there') as subject
      from unnest(${named(appendOnly)}) l(name) left join relation r on r.name = l.name
      left join granted g on g.oid = r.oid and g.privilege_type in ('UPDATE', 'DELETE')
      where r.oid is null or g.oid is not null`,
  },
  {
    name: 'sweeper-looks-only',
    meaning: 'the sweeper sees columns that were granted one by one, and writes nowhere',
    faults: `${catalogue} select r.name || ' ' || g.privilege_type as subject from relation r
      join granted g on g.oid = r.oid and g.rolname = '${sweeper}'
      where g.privilege_type <> 'SELECT' or (g.attname is null and r.tenant is not null)`,
  },
  {
    name: 'logins-weak',
    meaning:
      'no login is a superuser, bypasses row level security, or makes roles or databases; nobody logs in as the owner',
    faults: `select rolname as subject from pg_roles
      where (${theLogins} and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication))
        or (rolname = '${owner}' and (rolsuper or rolbypassrls or rolcanlogin))`,
  },
  {
    name: 'logins-own-nothing',
    meaning: 'no login owns anything',
    faults: `select r.rolname || ' ' || pg_describe_object(d.classid, d.objid, 0) as subject
      from pg_shdepend d join pg_roles r on r.oid = d.refobjid and d.refclassid = 'pg_authid'::regclass
      where ${theLogins} and d.deptype = 'o'
        and d.dbid in (0, (select oid from pg_database where datname = current_database()))`,
  },
  {
    name: 'logins-alone',
    meaning: 'no login is a member of another role, to which it could change',
    faults: `select r.rolname || ' ' || pg_get_userbyid(m.roleid) as subject
      from pg_auth_members m join pg_roles r on r.oid = m.member where ${theLogins}`,
  },
  {
    name: 'definers-named',
    meaning:
      'a function that runs as its owner is on the list of those, belongs to our owner, and fixes its search_path',
    faults: `with function as (
        select p.*, n.nspname || '.' || p.proname || '(' || array_to_string(array(
            select format_type(a.type, null) from unnest(p.proargtypes) with ordinality a(type, place) order by a.place), ', ')
          || ')' as name
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef
          and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
          and (exists (select from pg_roles r where ${theLogins} and has_function_privilege(r.oid, p.oid, 'execute'))
            or exists (select from pg_trigger t where t.tgfoid = p.oid)))
      select name as subject from function
      where name <> all (${named(definerFunctions)}) or pg_get_userbyid(proowner) <> '${owner}'
        or has_function_privilege('${app}', oid, 'execute')
        or not exists (select from unnest(proconfig) c where c like 'search_path=%')`,
  },
  {
    name: 'nothing-made',
    meaning: 'no login may make objects in a schema or schemas in the database',
    faults: `select r.rolname || ' ' || n.nspname as subject from pg_roles r cross join pg_namespace n
      where ${theLogins} and n.nspname !~ '^pg_' and has_schema_privilege(r.oid, n.oid, 'create')
      union all
      select rolname || ' ' || current_database() from pg_roles
      where ${theLogins} and has_database_privilege(oid, current_database(), 'create')`,
  },
  {
    name: 'nothing-by-default',
    meaning: 'no table that is made later is open to a login by itself',
    faults: `select pg_get_userbyid(d.defaclrole) || ' ' || r.rolname as subject
      from pg_default_acl d cross join lateral aclexplode(d.defaclacl) x
      join pg_roles r on ${theLogins} and (x.grantee = 0 or pg_has_role(r.oid, x.grantee, 'member'))
      where d.defaclobjtype in ('r', 'n')`,
  },
];
