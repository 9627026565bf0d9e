import { errorFields, sleep, type Logger } from '@ferry/kernel';
import pg from 'pg';
import type { MixedList } from 'typeorm';
import { isBounced } from './bouncer.js';
import { logsIn } from './logins.js';
import { serverAt, type ServerAddress } from './server-at.js';

/** Any number no other program on this database uses; only migrators take it. */
const MIGRATION_LOCK = 7_317_719_220_915n;

export interface MigrateOptions {
  /** A login that may create roles: the database's administrator. */
  readonly url: string;
  readonly migrations: MixedList<Function>;
  /** Run first, as the administrator. */
  readonly bootstrap: (database: string) => readonly string[];
  readonly ownerRole: string;
  /** Lets these roles log in with these passwords. */
  readonly logins: Readonly<Record<string, string>>;
}

/**
 * Brings the schema up to date; answers the names of the migrations it ran. Safe to run twice and from many processes at once: one works under an
 * advisory lock on the coordinator, the others wait for it and find nothing to do.
 */
export async function migrate(options: MigrateOptions, logger: Logger): Promise<readonly string[]> {
  const server = serverAt(options.url);
  const admin = new pg.Client({ ...server, application_name: 'ferry-migrate' });
  admin.on('error', (error) => logger.warn('migration lock connection broke', errorFields(error)));
  await admin.connect();
  try {
    if (await isBounced(admin)) throw new Error('migrations need the server itself, and this URL leads to a bouncer');
    await lock(admin);
    for (const statement of options.bootstrap(admin.database ?? '')) await administer(admin, statement);
    const ran = await runMigrations(server, options);
    for (const [role, password] of Object.entries(options.logins)) await letIn(admin, server, role, password);
    for (const name of ran) logger.info('migration ran', { migration: name });
    return ran;
  } finally {
    await admin.end();
  }
}

const LOCK_EVERY_MS = 200;
/** An hour: longer than any migration, shorter than nobody notices. */
const LOCK_ASKS_MAX = 18_000;

/**
 * Asks again and again instead of waiting within one statement: such a statement has a snapshot, and an index that another migrator makes
 * concurrently waits for all of those in turn.
 */
async function lock(admin: pg.Client): Promise<void> {
  for (let asked = 0; asked < LOCK_ASKS_MAX; asked += 1) {
    const { rows } = await admin.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [MIGRATION_LOCK]);
    if (rows[0]?.got) return;
    await sleep(LOCK_EVERY_MS);
  }
  throw new Error('another migrator has been at work for an hour');
}

/** Tries of a statement about roles: they belong to the cluster, the lock to the database, so another database's migrator may interfere. */
const TRIES_MAX = 10;

async function administer(admin: pg.Client, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.query(statement);
      return;
    } catch (error) {
      if (attempt >= TRIES_MAX || !/concurrently updated/.test(String(errorFields(error).error))) throw error;
      await sleep(20 * attempt);
    }
  }
}

/**
 * A password that is right stays: set again it would have another salt, and a bouncer that remembers the old one is refused
 * by the server until it asks for the new one.
 */
async function letIn(admin: pg.Client, server: ServerAddress, role: string, password: string): Promise<void> {
  if (await logsIn(server, role, password)) return;
  await administer(admin, `alter role ${pg.escapeIdentifier(role)} login password ${pg.escapeLiteral(password)}`);
}

async function runMigrations(
  { connectionString: url, ssl }: ServerAddress,
  options: MigrateOptions,
): Promise<readonly string[]> {
  // A fifth of a second and 30 MB, which only those pay who migrate.
  const { DataSource } = await import('typeorm');
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    ...(ssl && { ssl }),
    migrations: options.migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    extra: { options: `-c role=${options.ownerRole}`, max: 1 },
  });
  await dataSource.initialize();
  try {
    return (await dataSource.runMigrations()).map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}
