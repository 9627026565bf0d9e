import type { Database } from './database.js';

export class WrongSchema extends Error {
  override readonly name = 'WrongSchema';
}

/** Without them one statement may hold its rows for ever. */
const timeouts = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];

/**
 * Refuses a schema older or newer than this code knows, a login for which row level security would be no protection, and one without time-outs.
 */
export async function checkSchema(database: Database, known: readonly string[]): Promise<void> {
  const { role, ran } = await database.transaction(async (session) => {
    const [role] = await session.rows<{ name: string; bypasses: boolean; owns: boolean; endless: string[] }>({
      text: `select current_user as name, rolsuper or rolbypassrls as bypasses,
          exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relowner = r.oid and n.nspname in ('payments', 'messaging', 'tenancy', 'recording')) as owns,
          array(select name from unnest($1::text[]) name where current_setting(name) = '0') as endless
        from pg_roles r where rolname = current_user`,
      values: [timeouts],
    });
    const exists = await session.rows<{ table: string | null }>({
      text: `select to_regclass('public.migrations')::text as table`,
    });
    if (!exists[0]?.table) return { role, ran: [] };
    if (role?.bypasses || role?.owns) return { role, ran: known };
    const rows = await session.rows<{ name: string }>({ text: 'select name from public.migrations' });
    return { role, ran: rows.map(({ name }) => name) };
  });
  if (role?.bypasses || role?.owns)
    throw new WrongSchema(
      `the database login "${role.name}" bypasses row level security (superuser, BYPASSRLS or owner); log in as ferry_app`,
    );
  const missing = known.filter((name) => !ran.includes(name));
  if (missing.length > 0) throw new WrongSchema(`the database lacks ${missing.join(', ')}: run "ferry migrate" first`);
  const unknown = ran.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new WrongSchema(`the database is newer than this program (${unknown.join(', ')}): deploy the newer version`);
  if (role?.endless.length)
    throw new WrongSchema(
      `the database login "${role.name}" has no ${role.endless.join(', no ')}: run "ferry migrate" first`,
    );
}
