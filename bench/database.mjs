import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger } from '@ferry/kernel';
import { bootstrapSql, migrations, roles } from '@ferry/migrations';
import { migrate } from '@ferry/postgres';
import pg from 'pg';
import { programs, run } from './processes.mjs';

/** @typedef {{ name: string, environment: { DATABASE_URL: string, DATABASE_SWEEPER_URL: string } }} FerryDatabase */

/** The one server of a bench: embedded as `ferry start` has it, settings untouched, fsync on. Every run gets a database of its own. */
export class BenchDatabase {
  #server;
  #made = 0;
  /** One connection a database, kept: to log in costs PostgreSQL milliseconds of the CPU that is measured. */
  #clients = /** @type {Map<string, Promise<pg.Client>>} */ (new Map());

  /** @param {EmbeddedPostgres} server */
  constructor(server) {
    this.#server = server;
  }

  /** @param {string} directory @param {(line: string) => void} [onLog] what the server logs, when somebody wants to read it */
  static async start(directory, onLog) {
    const logger = onLog
      ? {
          ...silentLogger,
          debug: (/** @type {string} */ _message, /** @type {{ line?: unknown }} */ { line } = {}) =>
            onLog(String(line)),
        }
      : silentLogger;
    const server = await EmbeddedPostgres.start(
      { directory, database: 'admin', roles: [roles.app, roles.sweeper] },
      logger,
    );
    return new BenchDatabase(server);
  }

  get pid() {
    return this.#server.pid;
  }

  async stop() {
    for (const name of this.#clients.keys()) await this.#disconnect(name);
    await this.#server.stop();
  }

  /** The settings that a figure depends on, as the server tells them. */
  async terms() {
    const names = [
      'server_version',
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'shared_buffers',
      'max_wal_size',
    ];
    const rows = await this.query('admin', 'select name, setting, unit from pg_settings where name = any($1)', [names]);
    return Object.fromEntries(rows.map(({ name, setting, unit }) => [name, unit ? `${setting} x ${unit}` : setting]));
  }

  /** A new database with one table: the columns of a payment, and its key. */
  async createPlain() {
    const name = await this.#create();
    await this.query(
      name,
      `create table payment (tenant_id varchar(20) not null, id uuid primary key, kind varchar(20) not null,
        rail varchar(30) not null, amount_minor bigint not null, currency varchar(3) not null, reference varchar(255) not null,
        external_id varchar(64), account_id varchar(64), metadata json not null, status varchar(20) not null,
        reason varchar(50), attention varchar(500), provider_reference varchar(100), attempts integer not null,
        next_attempt_at timestamptz, lease_until timestamptz, sweep_at timestamptz, version integer not null,
        correlation_id varchar(128) not null, traceparent varchar(55) not null, created_at timestamptz not null,
        updated_at timestamptz not null)`,
    );
    return { name, url: this.#server.url(undefined, name) };
  }

  /** A new database with Ferry's schema, and how Ferry's programs find it. @returns {Promise<FerryDatabase>} */
  async createFerry() {
    const name = await this.#create();
    const logins = Object.fromEntries([roles.app, roles.sweeper].map((role) => [role, this.#server.password(role)]));
    await migrate(
      { url: this.#server.url(undefined, name), migrations, bootstrap: bootstrapSql, ownerRole: roles.owner, logins },
      silentLogger,
    );
    const environment = {
      DATABASE_URL: this.#server.url(roles.app, name),
      DATABASE_SWEEPER_URL: this.#server.url(roles.sweeper, name),
    };
    return { name, environment };
  }

  async #create() {
    const name = `bench_${(this.#made += 1)}`;
    await this.#server.createDatabase(name);
    return name;
  }

  /** Nobody inherits the dirty pages of the run before. */
  async checkpoint() {
    await this.query('admin', 'checkpoint');
  }

  /** @param {string} name */
  async drop(name) {
    await this.#disconnect(name);
    await this.query('admin', `drop database ${pg.escapeIdentifier(name)} with (force)`);
  }

  /**
   * As the administrator, who sees all rows.
   * @param {string} name
   * @param {string} text
   * @param {unknown[]} [values]
   */
  async query(name, text, values) {
    if (!this.#clients.has(name)) this.#clients.set(name, connected(this.#server.url(undefined, name)));
    const client = await /** @type {Promise<pg.Client>} */ (this.#clients.get(name));
    return (await client.query(text, values)).rows;
  }

  /** @param {string} name @param {string} from a table, and a condition if there is one */
  async count(name, from) {
    return Number((await this.query(name, `select count(*) from ${from}`))[0].count);
  }

  /** @param {string} name */
  async #disconnect(name) {
    const client = await this.#clients.get(name);
    this.#clients.delete(name);
    await client?.end();
  }
}

/** @param {string} url */
async function connected(url) {
  const client = new pg.Client({ connectionString: url, application_name: 'ferry-bench' });
  await client.connect();
  return client;
}

/**
 * `ferry verify` on the database of a run. Rejects, with what it printed, when an invariant is broken.
 * @param {Record<string, string>} environment
 */
export async function verify(environment) {
  await run(process.execPath, [programs.cli, 'verify'], environment);
}
