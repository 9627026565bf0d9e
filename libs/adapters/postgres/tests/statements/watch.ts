import type { Logger } from '@ferry/kernel';
import { silentLogger } from '@ferry/kernel';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';
import { unboundTables, type RunStatement } from './plan.js';

/** A statement that looked into tables of tenants without saying whose rows it wants. */
export interface Finding {
  readonly login: string;
  readonly text: string;
  readonly tables: readonly string[];
}

/** Sees the plan of every statement that the two logins run on a database, those inside of functions too. */
export class Watch {
  readonly texts = new Set<string>();
  private readonly found = new Map<string, Finding>();
  private tables: ReadonlySet<string> = new Set();

  /** For the connections of one login. */
  loggerOf(login: string): Logger {
    return { ...silentLogger, debug: (_message, fields) => this.note(login, String(fields?.said)) };
  }

  /**
   * Has the server explain to its clients what it does, and opens every policy of the app: what is seen then is what the statements ask for,
   * without the net below them.
   */
  async begin(database: TestDatabase): Promise<void> {
    for (const login of ['ferry_app', 'ferry_sweeper'])
      for (const [name, value] of Object.entries(explained))
        await database.query(`alter role ${login} in database ${database.name} set ${name} = '${value}'`);
    const policies = await database.query<{ policy: string }>(
      `select format('alter policy %I on %s using (true)', polname, polrelid::regclass) as policy from pg_policy
       where 'ferry_app'::regrole = any (polroles) and polcmd <> 'a'`,
    );
    for (const { policy } of policies) await database.query(policy);
    const rows = await database.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' where c.relkind in ('r', 'p')`,
    );
    this.tables = new Set(rows.map(({ name }) => name));
  }

  /** Since the last call. */
  take(): readonly Finding[] {
    const findings = [...this.found.values()];
    this.found.clear();
    return findings;
  }

  private note(login: string, said: string): void {
    const [, json] = /^duration: .* plan:\n(\{[^]*)$/.exec(said) ?? [];
    if (json === undefined) return;
    const statement = JSON.parse(json) as RunStatement;
    const text = oneLine(statement['Query Text']);
    this.texts.add(text);
    const tables = unboundTables(statement.Plan, this.tables);
    if (tables.length > 0) this.found.set(`${login} ${text}`, { login, text, tables });
  }
}

export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const explained: Readonly<Record<string, string>> = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_verbose': 'on',
  'auto_explain.log_level': 'notice',
};
