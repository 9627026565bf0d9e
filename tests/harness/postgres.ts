import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger, silentMeter, type Logger } from '@ferry/kernel';
import { bootstrapSql, migrations, roles } from '@ferry/migrations';
import { Database, migrate } from '@ferry/postgres';
import pg from 'pg';

/** A PostgreSQL server of the tests; `admin(database)` is the administrator's login. */
export interface TestServer {
  admin(database: string): string;
  close(): Promise<void>;
}

const PASSWORD = 'test';
/** A server that the machine has paused is slow here, and not away. */
const patient = { statementTimeoutMs: 60_000, awayAfterMs: 60_000 };
/** Who logs in to the databases of the tests, with which password. */
export const testLogins = { [roles.app]: PASSWORD, [roles.sweeper]: PASSWORD };

async function embedded(): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-test-'));
  const server = await EmbeddedPostgres.start({ directory, database: 'ferry', roles: [] }, silentLogger);
  return {
    admin: (database) => server.url('postgres', database),
    close: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function external(url: string): TestServer {
  return {
    admin: (database) => Object.assign(new URL(url), { pathname: `/${database}` }).toString(),
    close: async () => {},
  };
}

/** Embedded PostgreSQL 18 always; the one of `TEST_POSTGRES_URL` too (Debian's 15 in CI). */
export const postgresServers: readonly (readonly [string, () => Promise<TestServer>])[] = [
  ['embedded PostgreSQL 18', embedded],
  ...(process.env.TEST_POSTGRES_URL
    ? [
        [
          'PostgreSQL of TEST_POSTGRES_URL',
          () => Promise.resolve(external(process.env.TEST_POSTGRES_URL as string)),
        ] as const,
      ]
    : []),
];

export interface TestDatabase {
  readonly name: string;
  readonly adminUrl: string;
  readonly appUrl: string;
  readonly sweeperUrl: string;
  readonly app: Database;
  readonly sweeper: Database;
  /** One statement as the administrator, for whom row level security is no hindrance. */
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  addTenant(tenantId: string): Promise<void>;
  /** Runs the migrations that it lacks; answers their names. */
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  readonly poolMax?: number;
  /** The way that the two logins take to the database. */
  readonly through?: (url: string) => string;
  /** Only the first so many migrations. */
  readonly upTo?: number;
  /** Who is told what happens on the connections of a login. */
  readonly loggerOf?: (login: string) => Logger;
}

/** An empty, migrated database of its own. */
export async function makeDatabase(
  server: TestServer,
  {
    poolMax = 10,
    upTo = migrations.length,
    through = (url) => url,
    loggerOf = () => silentLogger,
  }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const name = `ferry_${randomBytes(6).toString('hex')}`;
  await withAdmin(server.admin('postgres'), (client) => client.query(`create database ${name}`));
  const adminUrl = server.admin(name);
  const migrateTo = (count: number): Promise<readonly string[]> =>
    migrate(
      {
        url: adminUrl,
        migrations: migrations.slice(0, count),
        bootstrap: bootstrapSql,
        ownerRole: roles.owner,
        logins: testLogins,
      },
      silentLogger,
    );
  await migrateTo(upTo);
  const login = (role: string): string =>
    through(Object.assign(new URL(adminUrl), { username: role, password: PASSWORD }).toString());
  const open = (role: string): Database =>
    new Database({ url: login(role), poolMax, applicationName: 'ferry-test', ...patient }, loggerOf(role), silentMeter);
  const app = open(roles.app);
  const sweeper = open(roles.sweeper);
  const admin = new pg.Pool({ connectionString: adminUrl, max: 4 });
  admin.on('error', () => {});
  return {
    name,
    adminUrl,
    appUrl: login(roles.app),
    sweeperUrl: login(roles.sweeper),
    app,
    sweeper,
    query: async <R extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await admin.query<R>(text, values)).rows,
    addTenant: async (tenantId) => {
      await admin.query('insert into tenancy.tenant_home values ($1, now()) on conflict do nothing', [tenantId]);
      await admin.query(
        `insert into tenancy.tenants values ($1, $1, 'ACTIVE', 'live', null, now(), now()) on conflict do nothing`,
        [tenantId],
      );
    },
    migrate: () => migrateTo(migrations.length),
    close: async () => {
      await Promise.all([app.close(), sweeper.close(), admin.end()]);
      await withAdmin(server.admin('postgres'), (client) =>
        client.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

async function withAdmin(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
