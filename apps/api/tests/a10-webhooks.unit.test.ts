import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { channelFixtures, flatJson, nestedJson } from '@ferry/recording/testing';
import { aWebhookSender, SHOP, THIEF, THIEFS_SECRET } from './a-webhook-sender.js';
import { closeApis } from './an-api.js';

/** RELIABILITY A10, through the whole api on in-memory stores; tests/chaos/a10-webhooks has the one on PostgreSQL. */
let sender: Awaited<ReturnType<typeof aWebhookSender>>;
beforeEach(async () => {
  sender = await aWebhookSender();
});
afterEach(closeApis);

/** What an answer says, but for what is new in each. */
const saidBy = ({ status, headers, text }: { status: number; headers: Record<string, string>; text: string }) => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !['date', 'x-correlation-id'].includes(name))),
  text: text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}/g, '<new>'),
});

const unsigned = { 'webhook-id': '', 'webhook-timestamp': '', 'webhook-signature': '' };
const altered = nestedJson.body.replace('12345', '92345');
type Sent = Parameters<typeof sender.post>[0];

const forged: readonly (readonly [string, Sent])[] = [
  ['without a signature', { headers: unsigned }],
  ['with a signature that is none', { headers: { 'webhook-signature': 'v1,AAAA' } }],
  ['with another secret', { secret: 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB' }],
  ["with another tenant's secret", { secret: THIEFS_SECRET }],
  ["to another tenant, with one's own secret", { tenant: THIEF }],
  ['301 s old', { signedAt: -301 }],
  ['of tomorrow', { signedAt: 86_400 }],
  // Some seconds more than may be: they pass while the machine is paused.
  ['310 s ahead', { signedAt: 310 }],
  ['with an altered body', { body: altered, signedBody: nestedJson.body }],
  ['with a body that is longer by a space', { body: `${nestedJson.body} `, signedBody: nestedJson.body }],
  ['with another id than was signed', { headers: { 'webhook-id': 'msg_2' } }],
  ['by a channel that there is not', { channel: 'nothing' }],
  ['by a channel that cannot be', { channel: '__proto__' }],
  ['by the generic one, which nobody declared', { channel: 'generic' }],
  ['to a tenant that there is not', { tenant: 'nobody' }],
  ['to a tenant that cannot be', { tenant: "x' or 1=1" }],
  ['with a key that is none', { headers: { Authorization: 'Bearer fk_live_nothing' } }],
];

describe('a stranger', () => {
  test.each(forged)('%s, is told one and the same, and does nothing', async (_what, sent) => {
    const reference = saidBy(await sender.get('Bearer fk_live_nothing'));
    expect(saidBy(await sender.post(sent))).toEqual(reference);
    expect(reference.status).toBe(401);
    for (const tenant of [SHOP, THIEF]) {
      expect(await sender.recordedOf(tenant)).toEqual([]);
      expect(await sender.rejectedOf(tenant)).toEqual([]);
    }
  });

  test('is told the same where only a key, or an address, would let in', async () => {
    const reference = saidBy(await sender.get('Bearer fk_live_nothing'));
    await sender.declare({ ...nestedJson.definition, signature: { scheme: 'none' } });
    expect(saidBy(await sender.post())).toEqual(reference);
    await sender.declare({ ...nestedJson.definition, allowed_addresses: ['192.0.2.0/24'] });
    expect(saidBy(await sender.post())).toEqual(reference);
    expect(await sender.recordedOf()).toEqual([]);
  });

  test('fills no table and learns nothing by bodies that cannot be read', async () => {
    for (const body of ['', '{', 'x'.repeat(60_000)])
      expect((await sender.post({ body, secret: THIEFS_SECRET })).status).toBe(401);
    expect(await sender.rejectedOf()).toEqual([]);
  });

  test('why is in the log, for whoever runs Ferry', async () => {
    await sender.post({ signedAt: -301 });
    expect(sender.logged()).toContain('webhook: untimely');
  });
});

describe('whoever has the secret', () => {
  test('records a payment once', async () => {
    const first = await sender.post();
    expect([first.status, first.body.status]).toEqual([201, 'created']);
    const [payment, ...others] = await sender.recordedOf();
    expect(others).toEqual([]);
    expect(first.body).toEqual({ status: 'created', payment_id: payment?.id });
    expect(payment).toMatchObject({ source: 'webhook', businessUnitId: 'default', paymentChannel: 'orders' });
    const again = await sender.post();
    expect([again.status, again.body]).toEqual([200, { status: 'duplicate', payment_id: payment?.id }]);
    expect(await sender.recordedOf()).toHaveLength(1);
    expect(await sender.recordedOf(THIEF)).toEqual([]);
  });

  test('replayed 1,000 times at once it is recorded once', async () => {
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => sender.post()));
    const words = Map.groupBy(answers, ({ status, body }) => `${status} ${String(body.status)}`);
    expect(Object.fromEntries([...words].map(([word, all]) => [word, all.length]))).toEqual({
      '201 created': 1,
      '200 duplicate': 999,
    });
    expect(new Set(answers.map(({ body }) => body.payment_id as string)).size).toBe(1);
    expect(await sender.recordedOf()).toHaveLength(1);
  });

  test('may change it: both hold until the overlap ends', async () => {
    const next = 'whsec_bmV4dCBzZWNyZXQgb2YgdGhlIHNob3AsIDMyIGJ5dGVz';
    await sender.keepSecret(next, 60_000);
    expect((await sender.post()).status).toBe(201);
    expect((await sender.post({ secret: next })).status).toBe(200);
    await sender.keepSecret(next);
    expect((await sender.post()).status).toBe(401);
    expect((await sender.post({ secret: next })).status).toBe(200);
  });

  test('may name the tenant in the URL', async () => {
    const { header } = await sender.post().redirects(0);
    expect(header['location']).toMatch(/^\/api\/v1\/recorded-payments\//);
    const body = nestedJson.body;
    const sent = await sender.post({ tenant: '' });
    expect(sent.status).toBe(401);
    const path = '/api/v1/payments/webhook/orders?tenant=shop';
    const { signedHeaders, A_SECRET } = await import('@ferry/recording/testing');
    const headers = signedHeaders({ scheme: 'standard-webhooks', toleranceSeconds: 300 }, body, A_SECRET, new Date());
    const answer = await sender.call
      .post(path)
      .set({ 'Content-Type': 'application/json', ...headers })
      .send(body);
    expect(answer.status).toBe(200);
  });

  test('of a suspended tenant records nothing', async () => {
    await sender.turn('SUSPENDED');
    const { status, body } = await sender.post();
    expect([status, body.code]).toEqual([403, 'tenant-suspended']);
    expect(await sender.recordedOf()).toEqual([]);
  });

  test('after its channel was removed is a stranger', async () => {
    await sender.call.delete('/api/v1/channels/orders').set(sender.authorised).expect(200);
    expect((await sender.post()).status).toBe(401);
  });
});

test.each(channelFixtures)('$name comes in', async (fixture) => {
  closeApis();
  sender = await aWebhookSender(fixture);
  const answer = await sender.post();
  expect(answer.status).toBe(fixture.payments.length > 1 ? 200 : 201);
  const recorded = await sender.recordedOf();
  expect(recorded.map(({ referenceNumber }) => referenceNumber).sort()).toEqual(fixture.payments.map(([one]) => one));
  for (const [what, sent] of [
    ['altered', { body: `${fixture.body} `, signedBody: fixture.body }],
    ['wrong', { secret: THIEFS_SECRET }],
  ] as const)
    expect([what, (await sender.post(sent)).status]).toEqual([what, 401]);
});

test('an address is the one that a trusted proxy tells', async () => {
  closeApis();
  sender = await aWebhookSender(flatJson, { trustedProxies: ['127.0.0.1'] });
  await sender.declare({ ...flatJson.definition, allowed_addresses: ['192.0.2.0/24'] });
  const from = (address: string) => sender.post({ headers: { 'X-Forwarded-For': address } });
  expect((await from('198.51.100.1')).status).toBe(401);
  expect((await from('192.0.2.7, 198.51.100.1')).status).toBe(401);
  expect((await from('192.0.2.7')).status).toBe(201);
});
