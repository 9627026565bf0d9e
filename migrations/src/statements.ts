import { roles } from './bootstrap.js';

const tenantMatches = `tenant_id = current_setting('app.current_tenant_id', true)`;

/**
 * Row level security as every tenant table has it: enabled, forced, and a policy without an escape. With no tenant set the setting is null
 * or empty, and no row matches.
 */
export const isolateTenants = (table: string): readonly string[] => [
  `alter table ${table} enable row level security`,
  `alter table ${table} force row level security`,
  `create policy tenant on ${table} to ${roles.app} using (${tenantMatches}) with check (${tenantMatches})`,
];

/** Lets the sweeper see these columns of all tenants; it can write nowhere. */
export const letSweeperSee = (table: string, columns: readonly string[]): readonly string[] => [
  `create policy sweeper on ${table} for select to ${roles.sweeper} using (true)`,
  `grant select (${columns.join(', ')}) on ${table} to ${roles.sweeper}`,
];

/** Fails the migration, and with it the whole transaction, unless `condition` holds. */
export const assertThat = (condition: string, rule: string): string =>
  `do $$ begin if not (${condition}) then raise exception 'migration assertion failed: ${rule}'; end if; end $$`;

export const isolated = (table: string): string =>
  `(select relrowsecurity and relforcerowsecurity from pg_class where oid = '${table}'::regclass)`;

/** Distributes a table by tenant where Citus is installed, beside the tenant's home; does nothing elsewhere. */
export const distribute = (table: string, colocateWith = 'tenancy.tenant_home'): string => `
  do $$ begin
    if exists (select from pg_extension where extname = 'citus') then
      perform create_distributed_table('${table}', 'tenant_id',
        colocate_with => case when '${table}' = '${colocateWith}' then 'none' else '${colocateWith}' end);
    end if;
  end $$`;

/** One statement after the other, in the migration's transaction. */
export async function run(
  runner: { query(sql: string): Promise<unknown> },
  statements: readonly string[],
): Promise<void> {
  // A migration waits briefly for a lock, or fails and is run again; it never queues the world behind itself.
  await runner.query(`set local lock_timeout = '5s'`);
  await runner.query(`set local citus.multi_shard_modify_mode to 'sequential'`);
  for (const statement of statements) await runner.query(statement);
}
