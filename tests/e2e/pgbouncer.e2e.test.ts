import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { runAttack } from '../../apps/cli/src/attack/run-attack.js';
import { startPgbouncer, type UrlService } from '../../scripts/services/services.mjs';
import { Client } from '../harness/client.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { runCommand } from '../harness/ferry.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';
import { describeWithOwn } from '../harness/services.js';

const PAYMENTS = 100;

/** All that a cluster does, on two connections to the server for each login. */
describeWithOwn(['pgbouncer'], 'a cluster behind PgBouncer', () => {
  const [, start] = postgresServers.at(-1) as (typeof postgresServers)[number];
  let server: TestServer;
  let database: TestDatabase;
  let bouncer: UrlService;
  let cluster: Cluster;
  const keys: Record<string, string> = {};
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
  }, 60_000);
  afterAll(async () => {
    await cluster?.stop();
    await bouncer?.stop();
    await database?.close();
    await server?.close();
  });
  const bearer = (key: string | undefined) => ({ Authorization: `Bearer ${key}` });

  test('payments of two tenants are accepted, settled and told, and all invariants hold', async () => {
    const client = new Client(cluster.api.url);
    try {
      const replies = await Promise.all(
        Array.from({ length: PAYMENTS }, (_, i) =>
          client.pay(`SIM-SUCCESS-${i >> 1}`, {}, bearer(keys['ab'[i % 2] ?? ''])),
        ),
      );
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    } finally {
      client.close();
    }
    // No queue between the processes: the sweeper announces them. Then the relay tells, and removes what it told.
    const unfinished = `select 1 from payments.payments where status <> 'SUCCESS' union all select 1 from messaging.outbox`;
    while ((await database.query(unfinished)).length > 0) await sleep(100);
    const verified = await runCommand(['verify'], cluster.environment);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.output).toMatch(new RegExp(`history-complete .*\\(${PAYMENTS} checked\\)`));
  }, 60_000);

  test('as one tenant, no route reads, changes or tells anything of the other', async () => {
    const { holes, calls } = await runAttack({ url: cluster.api.url, keyA: keys['a'] ?? '', keyB: keys['b'] ?? '' });
    expect(holes).toEqual([]);
    expect(calls).toBeGreaterThan(50);
  }, 60_000);

  test('keys are made, changed and listed by the command line', async () => {
    const { code, output } = await runCommand(['keys', 'create', 'a', '--json'], cluster.environment);
    expect(code).toBe(0);
    const { key } = JSON.parse(output) as { key: string };
    const prefix = key.slice(0, key.lastIndexOf('_'));
    expect(await runCommand(['keys', 'revoke', 'a', prefix], cluster.environment)).toMatchObject({ code: 0 });
    expect((await runCommand(['keys', 'list', 'a'], cluster.environment)).output).toContain(prefix);
  }, 60_000);
});
