import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, newTraceparent, silentMeter } from '@ferry/kernel';
import { ReceiveWebhook, RecordInBatches, type Delivery } from '@ferry/recording';
import { A_SECRET, nestedJson, signedHeaders } from '@ferry/recording/testing';
import { T } from '@ferry/wiring';
import { makeEngine, type TestEngine } from '../harness/engine.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

const operator = { actor: { kind: 'operator', id: 'ada' } } as const;
const KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
const signature = { scheme: 'standard-webhooks', toleranceSeconds: 300 } as const;

/** RELIABILITY A10 where it is decided: two apis on one database, sealed secrets, real channels. */
describe.each(postgresServers)('webhooks on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let engines: readonly TestEngine[];
  let apis: readonly ReceiveWebhook[];
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    engines = [0, 1].map(() => makeEngine(database, { FERRY_ENCRYPTION_KEYS: KEYS }));
    apis = engines.map(apiOf);
    const { container } = engines[0] as TestEngine;
    for (const [tenant, secret] of [
      ['default', A_SECRET],
      ['default-test', 'whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBhIHRoaWVm'],
    ] as const) {
      await container.get(T.ConfigureChannels).save(tenant, 'orders', nestedJson.definition, 0, operator);
      await container.get(T.KeepSecrets).add(tenant, 'webhook/orders', secret, 0, operator);
    }
  });
  afterAll(async () => {
    for (const engine of engines ?? []) await engine.close();
    await database?.close();
    await server?.close();
  });

  const apiOf = ({ container }: TestEngine): ReceiveWebhook =>
    new ReceiveWebhook(
      {
        doors: container.get(T.HeldDoors),
        limits: { take: () => Promise.resolve({ allowed: true, resetsInMs: 0 }) },
        recorder: new RecordInBatches(container.get(T.RecordFacts), {
          sizeMax: 200,
          concurrency: 2,
          waitingMax: 10_000,
        }),
        payments: container.get(T.RecordedPayments),
        rejected: container.get(T.KeepRejected),
        counts: { add() {} },
        clock: container.get(T.Clock),
        meter: silentMeter,
      },
      { timeoutMs: 60_000 },
    );
  const delivery = (body: string, tenantId = 'default', secret = A_SECRET): Delivery => {
    const headers = signedHeaders(signature, body, secret, new Date());
    return {
      tenantId,
      channel: 'orders',
      contentType: 'application/json',
      address: '192.0.2.1',
      origin: { correlationId: newId(), traceparent: newTraceparent() },
      header: (name) => headers[name],
      body: Buffer.from(body),
    };
  };
  const rowsOf = async (table: string): Promise<number> =>
    Number((await database.query<{ count: string }>(`select count(*) from ${table}`))[0]?.count);

  test('1,000 replays at once, to two apis, are one payment and one event', async () => {
    const receipts = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => (apis[i % 2] as ReceiveWebhook).execute(delivery(nestedJson.body))),
    );
    const payments = receipts.flatMap((one) => (one.outcome === 'received' ? one.payments : []));
    expect(payments).toHaveLength(1_000);
    expect(payments.filter(({ status }) => status === 'created')).toHaveLength(1);
    expect(payments.filter(({ status }) => status === 'duplicate')).toHaveLength(999);
    expect(new Set(payments.map((one) => ('paymentId' in one ? one.paymentId : ''))).size).toBe(1);
    expect(await rowsOf('recording.payments')).toBe(1);
    expect(await rowsOf('recording.payment_references')).toBe(1);
    expect(await rowsOf(`messaging.outbox where event_type = 'payment.recorded'`)).toBe(1);
  });

  test('what is forged leaves nothing behind', async () => {
    const [one] = apis as readonly [ReceiveWebhook];
    const body = nestedJson.body.replace('ch_9f', 'ch_forged');
    for (const forged of [
      { ...delivery(body), header: () => undefined },
      { ...delivery(body), body: Buffer.from(`${body} `) },
      delivery(body, 'default-test'),
      delivery(body, 'nobody'),
      { ...delivery(body), channel: 'other' },
    ])
      expect(await one.execute(forged)).toMatchObject({ outcome: 'refused' });
    expect(await rowsOf('recording.payments')).toBe(1);
    expect(await rowsOf('recording.rejected_webhooks')).toBe(0);
  });

  test('what is genuine and cannot be read is kept once, whoever of the two it comes to', async () => {
    const body = nestedJson.body.replace('12345', '"much"');
    for (const api of apis) expect(await api.execute(delivery(body))).toMatchObject({ outcome: 'rejected' });
    const rows = await database.query<{ times: number }>('select times from recording.rejected_webhooks');
    expect(rows).toEqual([{ times: 2 }]);
  });

  test('a secret that is taken away proves nothing any more', async () => {
    const { container } = engines[0] as TestEngine;
    const secrets = container.get(T.KeepSecrets);
    const [secret] = await secrets.list('default', 1);
    await secrets.remove('default', secret?.id ?? '', operator);
    const fresh = makeEngine(database, { FERRY_ENCRYPTION_KEYS: KEYS });
    try {
      const receipt = await apiOf(fresh).execute(delivery(nestedJson.body));
      expect(receipt).toEqual({ outcome: 'refused', refusal: 'no-secret' });
    } finally {
      await fresh.close();
    }
  });
});
