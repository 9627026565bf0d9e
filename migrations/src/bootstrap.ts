/**
 * Roles of the database. `ferry_owner` owns and migrates and cannot log in; `ferry_app` is what api and worker log in as; `ferry_sweeper`
 * finds candidates over all tenants and can change nothing. None is a superuser, none bypasses row level security.
 */
export const roles = { owner: 'ferry_owner', app: 'ferry_app', sweeper: 'ferry_sweeper' } as const;

/**
 * What only a database administrator may do; run before every migration, safe to repeat. Roles belong to the whole cluster,
 * so another database of the same cluster may have made them at this very moment.
 */
export const bootstrapSql = (database: string): readonly string[] => [
  ...Object.values(roles).map(
    (role) => `
      do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
      exception when duplicate_object or unique_violation then null;
      end $$`,
  ),
  `do $$ begin
     if not pg_has_role(current_user, '${roles.owner}', 'USAGE') then execute 'grant ${roles.owner} to ' || quote_ident(current_user); end if;
   end $$`,
  `grant connect, create on database "${database.replaceAll('"', '""')}" to ${roles.owner}`,
  `grant usage, create on schema public to ${roles.owner}`,
  `grant connect on database "${database.replaceAll('"', '""')}" to ${roles.app}, ${roles.sweeper}`,
];
