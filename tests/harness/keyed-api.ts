import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger } from '@ferry/kernel';
import { Client } from './client.js';
import { runCommand, startServer, type FerryProcess } from './ferry.js';
import { newSecret } from './record.js';

export interface KeyedApi {
  readonly api: FerryProcess & { readonly url: string; readonly operatorsUrl: string };
  /** The administrator's login. */
  readonly adminUrl: string;
  /** What the api runs with; commands need it too. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the tenant's first key. */
  keyOf(tenant: string): string;
  /** With the first key of a tenant, or with any key or text that is presented as one. */
  as(tenantOrKey: string): Client;
  ferry(...command: string[]): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** An api that asks for keys, on an embedded database with these tenants; one that is called `operator` rules the others. */
export async function startKeyedApi(
  tenants: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<KeyedApi> {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-keyed-'));
  const server = await EmbeddedPostgres.start({ directory, database: 'payments', roles: [] }, silentLogger);
  const passwords = { ferry_app: newSecret(), ferry_sweeper: newSecret() };
  const url = server.url();
  const login = (username: keyof typeof passwords): string =>
    Object.assign(new URL(url), { username, password: passwords[username] }).toString();
  const environment = {
    DATABASE_URL: login('ferry_app'),
    DATABASE_SWEEPER_URL: login('ferry_sweeper'),
    FERRY_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...settings,
  };
  const ferry: KeyedApi['ferry'] = async (...command) => {
    const { code, output } = await runCommand([...command, '--json'], environment);
    if (code !== 0) throw new Error(`ferry ${command.join(' ')}: ${code}\n${output}`);
    return JSON.parse(output) as Record<string, string>;
  };
  await runCommand(['migrate'], {
    MIGRATION_DATABASE_URL: url,
    FERRY_APP_PASSWORD: passwords.ferry_app,
    FERRY_SWEEPER_PASSWORD: passwords.ferry_sweeper,
  });
  const keys = new Map<string, string>();
  for (const tenant of tenants) {
    const extra = tenant === 'operator' ? ['--operator'] : [];
    keys.set(tenant, (await ferry('tenants', 'create', tenant, ...extra)).key as string);
  }
  const api = await startServer('api', { ...environment, FERRY_AUTH: 'keys' });
  const clients = new Map<string, Client>();
  const as = (name: string): Client => {
    const client = clients.get(name) ?? new Client(api.url, { key: keys.get(name) ?? name });
    clients.set(name, client);
    return client;
  };
  return {
    api,
    adminUrl: url,
    environment,
    keyOf: (tenant) => keys.get(tenant) ?? '',
    as,
    ferry,
    stop: async () => {
      for (const client of clients.values()) client.close();
      await api.kill();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
