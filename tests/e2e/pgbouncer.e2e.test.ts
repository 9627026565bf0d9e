import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { startPgbouncer, type UrlService } from '../../scripts/services/services.mjs';
import { Client } from '../harness/client.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { runCommand } from '../harness/ferry.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';
import { describeWithOwn } from '../harness/services.js';

const PAYMENTS = 100;

/** All that a cluster does, on two connections to the server for each login. */
describeWithOwn(['pgbouncer'], 'a cluster behind PgBouncer', () => {
  // One of its own: a cluster sets passwords of its own, and logins belong to the whole server.
  const [, start] = postgresServers[0] as (typeof postgresServers)[number];
  let server: TestServer;
  let database: TestDatabase;
  let bouncer: UrlService;
  let cluster: Cluster;
  const keys: Record<string, string> = {};
  const clients: Client[] = [];
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    bouncer = await startPgbouncer({ server: database.adminUrl, poolSize: 2 });
    const through = (url: string): string =>
      Object.assign(new URL(url), { port: new URL(bouncer.url).port }).toString();
    cluster = await startCluster(database.adminUrl, { FERRY_AUTH: 'keys' }, through);
    for (const tenant of ['a', 'b']) {
      const { output } = await runCommand(['tenants', 'create', tenant, '--json'], cluster.environment);
      keys[tenant] = (JSON.parse(output) as { key: string }).key;
    }
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await cluster?.stop();
    await bouncer?.stop();
    await database?.close();
    await server?.close();
  });
  const as = (tenant: string): Client => {
    const client = new Client(cluster.api.url, { key: keys[tenant] ?? '' });
    clients.push(client);
    return client;
  };

  test('payments of two tenants are accepted, settled and told, and all invariants hold', async () => {
    const [a, b] = [as('a'), as('b')];
    const replies = await Promise.all(
      Array.from({ length: PAYMENTS }, (_, i) => (i % 2 === 0 ? a : b).pay(`SIM-SUCCESS-${i >> 1}`)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    // No queue between the processes: the sweeper announces them. Then the relay tells, and removes what it told.
    const unfinished = `select 1 from payments.payments where status <> 'SUCCESS' union all select 1 from messaging.outbox`;
    await eventually('all is settled and told', async () => (await database.query(unfinished)).length === 0);
    const verified = await runCommand(['verify'], cluster.environment);
    expect({ ...verified }).toEqual({ ...verified, code: 0 });
    expect(verified.output).toMatch(new RegExp(`history-complete .*\\(${PAYMENTS} checked\\)`));
  });

  test('each tenant sees its own and nothing of the other, both at once', async () => {
    const seenBy = async (tenant: string): Promise<Set<string>> => {
      const client = as(tenant);
      const pages = await Promise.all(Array.from({ length: 50 }, () => client.get('/api/v1/payments?limit=100')));
      return new Set(pages.flatMap(({ body }) => body.data.map(({ id }: { id: string }) => id)));
    };
    const [a, b] = await Promise.all([seenBy('a'), seenBy('b')]);
    expect([a.size, b.size]).toEqual([PAYMENTS / 2, PAYMENTS / 2]);
    expect([...a].filter((id) => b.has(id))).toEqual([]);
    const [stranger, own] = [as('b'), as('a')];
    for (const id of a) expect((await stranger.get(`/api/v1/payments/${id}`)).status).toBe(404);
    for (const id of a) expect((await own.get(`/api/v1/payments/${id}`)).status).toBe(200);
  });

  test('keys are made, revoked and listed by the command line, and obeyed by the api', async () => {
    const made = await runCommand(['keys', 'create', 'a', '--json'], cluster.environment);
    expect({ ...made }).toEqual({ ...made, code: 0 });
    const { key } = JSON.parse(made.output) as { key: string };
    keys['new'] = key;
    expect((await as('new').get('/api/v1/payments')).status).toBe(200);
    const prefix = key.slice(0, key.lastIndexOf('_'));
    expect(await runCommand(['keys', 'revoke', 'a', prefix], cluster.environment)).toMatchObject({ code: 0 });
    expect((await runCommand(['keys', 'list', 'a'], cluster.environment)).output).toContain(prefix);
    const refused = async (): Promise<boolean> => (await as('new').get('/api/v1/payments')).status === 401;
    await eventually('the key is refused', refused);
  });
});
