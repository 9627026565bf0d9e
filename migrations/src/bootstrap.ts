/**
 * Roles of the database. `ferry_owner` owns and migrates and cannot log in; `ferry_app` is what api and worker log in as; `ferry_sweeper`
 * finds candidates over all tenants and can change nothing. None is a superuser, none bypasses row level security. `ferry_etl` is for
 * whatever fills the staging table: it cannot log in, logins of the ETL are made members of it.
 */
export const roles = { owner: 'ferry_owner', app: 'ferry_app', sweeper: 'ferry_sweeper', etl: 'ferry_etl' } as const;

/**
 * Settings of the logins and not of connections, because a bouncer between hands on nothing that a connection asks for as it starts. Longer than any of our
 * statements needs on a busy machine, short enough that a stuck one does not hold its rows.
 */
const timeouts = { statement_timeout: '5s', lock_timeout: '3s', idle_in_transaction_session_timeout: '10s' } as const;

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
  ...[roles.app, roles.sweeper].flatMap((role) => [
    ...Object.entries(timeouts).map(([name, value]) => settingOf(role, database, name, value)),
    // Citus hands SET LOCAL, by which a tenant is entered, on to its workers only when it is told to. Elsewhere it is no setting.
    `do $$ begin
       if exists (select from pg_extension where extname = 'citus') then
         ${settingOf(role, database, 'citus.propagate_set_commands', 'local')};
       end if;
     end $$`,
  ]),
];

const settingOf = (role: string, database: string, name: string, value: string): string =>
  `alter role ${role} in database "${database.replaceAll('"', '""')}" set ${name} = '${value}'`;
