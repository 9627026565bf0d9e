import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { flatJson, genericBody, InMemoryChannels, InMemoryRecordedPayments, manyInOne } from '@ferry/recording/testing';
import { silentMeter } from '@ferry/kernel';
import { aWebhookSender, SHOP } from './a-webhook-sender.js';
import { aRecorder, aWebhooks } from './a-webhooks.js';
import { anApi, closeApis, faultsOf } from './an-api.js';
import { aTenancy } from './a-tenancy.js';

const GENERIC = '/api/v1/payments/webhook';
const REJECTED = '/api/v1/rejected-webhooks';
const CARD = '4111111111111111';

let sender: Awaited<ReturnType<typeof aWebhookSender>>;
beforeEach(async () => {
  sender = await aWebhookSender(flatJson);
});
afterEach(closeApis);

const get = (path: string) => sender.call.get(path).set(sender.authorised);
const generic = (body: object, headers: Record<string, string> = sender.authorised) =>
  sender.call.post(GENERIC).set(headers).send(body);

describe('the generic webhook', () => {
  test('takes the body of the source design from whoever has a key with the scope', async () => {
    const made = await generic(genericBody);
    expect([made.status, made.body]).toEqual([201, { status: 'created', payment_id: expect.any(String) }]);
    const again = await generic({ ...genericBody, amount: 7 });
    expect([again.status, again.body]).toEqual([200, { ...made.body, status: 'duplicate' }]);
    const [payment] = await sender.recordedOf();
    expect(payment).toMatchObject({ money: { amountMinor: 10_050n, currency: 'EUR' }, paymentChannel: 'branch' });
  });

  test('takes no key without the scope', async () => {
    const key = await sender.issue({ scopes: ['recorded-payments:read', 'payments:write', 'config:write'] });
    const { status, body } = await generic(genericBody, { Authorization: `Bearer ${key}` });
    expect([status, body.code]).toEqual([403, 'insufficient-scope']);
    expect(await sender.recordedOf()).toEqual([]);
  });

  test('needs a currency, unless the tenant decided for one only', async () => {
    const { currency: _, ...body } = genericBody;
    expect(faultsOf(await generic(body))).toEqual(['currency required']);
    const put = (currencies: string[], version: number) =>
      sender.call.put('/api/v1/config').set(sender.authorised).send({ version, config: { currencies } });
    await put(['EUR', 'XAF'], 0).expect(200);
    expect((await generic(body)).status).toBe(400);
    await put(['XAF'], 1).expect(200);
    await generic({ ...body, amount: 5 }).expect(201);
    expect((await sender.recordedOf())[0]?.money.currency).toBe('XAF');
  });

  test('is of the business unit of the key, which finds the channels of its unit only', async () => {
    await sender.tenancy.addBusinessUnit.execute(SHOP, 'north', 'North', { actor: { kind: 'operator', id: 'ada' } });
    const authorization = { Authorization: `Bearer ${await sender.issue({ businessUnitId: 'north' })}` };
    await generic(genericBody, authorization).expect(201);
    expect((await sender.recordedOf())[0]?.businessUnitId).toBe('north');
    const other = await sender.post({ headers: authorization });
    expect([other.status, other.body.code]).toEqual([404, 'channel-not-found']);
    await sender.declare({ ...flatJson.definition, business_unit_id: 'north' });
    expect((await sender.post({ headers: authorization })).status).toBe(201);
  });

  test('needs the signature too, once the tenant asks for one', async () => {
    await sender.declare({ signature: flatJson.definition['signature'] ?? null }, 'generic');
    expect((await generic(genericBody)).status).toBe(401);
    expect(await sender.recordedOf()).toEqual([]);
  });

  test('names another tenant only by mistake', async () => {
    const answer = await generic(genericBody, { ...sender.authorised, 'X-Tenant-Id': 'thief' });
    expect([answer.status, faultsOf(answer)]).toEqual([400, ['X-Tenant-Id other-tenant']]);
  });
});

describe('what cannot be recorded', () => {
  const broken = flatJson.body.replace('1500.00', '-1');

  test('is told field by field, kept once, and recorded when the channel is mended', async () => {
    for (let i = 0; i < 3; i += 1) {
      const answer = await sender.post({ body: flatJson.body.replace('customerNo', 'customer') });
      expect([answer.status, faultsOf(answer), answer.body.errors[0].pointer]).toEqual([
        400,
        ['cif required'],
        '#/customerNo',
      ]);
    }
    const [kept, ...others] = await sender.rejectedOf();
    expect([others.length, kept?.times, kept?.channelVersion]).toEqual([0, 3, 1]);
    const replay = () => sender.call.post(`${REJECTED}/${kept?.id}/replay`).set(sender.authorised);
    expect((await replay()).status).toBe(400);
    expect(await sender.recordedOf()).toEqual([]);
    const fields = { ...(flatJson.definition['fields'] as object), cif: { pointer: '/customer' } };
    await sender.declare({ ...flatJson.definition, fields });
    expect((await replay().expect(200)).body.payments).toEqual([
      { reference_number: 'FT26001', status: 'created', payment_id: expect.any(String) },
    ]);
    expect((await replay().expect(200)).body.payments[0].status).toBe('duplicate');
    expect(await sender.recordedOf()).toHaveLength(1);
    expect((await sender.rejectedOf())[0]?.replayedAt).toBeDefined();
    const { store } = sender.deps.webhooks as ReturnType<typeof aWebhooks>;
    expect(await store.told(SHOP)).toEqual([
      'channel.saved orders',
      'channel.saved orders',
      `webhook.replayed ${kept?.id}`,
    ]);
  });

  test('is listed without bodies and read with them, by its tenant only', async () => {
    await sender.post({ body: broken });
    const { body: page } = await get(`${REJECTED}?channel=orders`).expect(200);
    expect(page).toMatchObject({ data: [{ channel: 'orders', reason: 'faults', times: 1 }], next_cursor: null });
    expect(JSON.stringify(page)).not.toContain('Bonanjo');
    const { body: one } = await get(`${REJECTED}/${page.data[0].id}`).expect(200);
    expect(one.body).toBe(broken);
    const thief = await sender.tenancy.onboardTenant.execute('other', 'Other', {
      actor: { kind: 'operator', id: 'ada' },
    });
    if (thief.outcome !== 'onboarded') throw new Error(thief.outcome);
    const as = { Authorization: `Bearer ${thief.secretKey}` };
    expect((await sender.call.get(`${REJECTED}/${page.data[0].id}`).set(as)).body.code).toBe(
      'rejected-webhook-not-found',
    );
  });

  test.each([
    ['not JSON', '{', 'malformed-json', 400],
    ['a name given twice', '{"a":1,"a":1}', 'malformed-json', 400],
  ])('because it is %s', async (_what, body, code, status) => {
    const answer = await sender.post({ body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await sender.rejectedOf()).toHaveLength(1);
  });

  test('because it has another type than its channel', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await sender.post({ headers: form })).body.code).toBe('unsupported-media-type');
    expect((await sender.post({ headers: { 'Content-Type': 'text/plain' } })).status).toBe(415);
    expect((await sender.post({ body: 'x'.repeat(65_537) })).status).toBe(413);
    expect(await sender.rejectedOf()).toHaveLength(1);
  });

  test.each([
    ['in a field', flatJson.body.replace('FT26001', CARD)],
    ['in escapes', flatJson.body.replace('FT26001', CARD.replace('4', '\\u0034'))],
    ['beside the fields, with another fault', broken.replace('Bonanjo', CARD)],
  ])('and holds a card number %s: the body is not kept', async (_what, body) => {
    const { status, text } = await sender.post({ body });
    expect([400, 422]).toContain(status);
    expect(text).not.toContain(CARD);
    const [kept] = await sender.rejectedOf();
    expect([kept?.body, JSON.stringify(kept).includes(CARD)]).toEqual([undefined, false]);
    expect(sender.logged()).not.toContain(CARD);
    const replay = await sender.call.post(`${REJECTED}/${kept?.id}/replay`).set(sender.authorised);
    expect([replay.status, replay.body.code]).toEqual([409, 'webhook-withheld']);
  });
});

describe('a list', () => {
  beforeEach(async () => {
    closeApis();
    sender = await aWebhookSender(manyInOne);
  });

  test('is answered payment by payment; what is bad is kept, what is good is recorded', async () => {
    const body = manyInOne.body.replace('"C1"', 'null');
    const answer = await sender.post({ body });
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        payments: [
          {
            reference_number: 'A-1',
            status: 'rejected',
            errors: [expect.objectContaining({ field: 'cif', pointer: '#/batch/items/0/cif' })],
          },
          { reference_number: 'A-2', status: 'created', payment_id: expect.any(String) },
        ],
      },
    ]);
    expect(await sender.recordedOf()).toHaveLength(1);
    expect(await sender.rejectedOf()).toHaveLength(1);
  });

  test('of which nothing is good is refused', async () => {
    const answer = await sender.post({ body: manyInOne.body.replaceAll('"cif"', '"x"') });
    expect([answer.status, faultsOf(answer)]).toEqual([400, ['cif required', 'cif required']]);
  });

  test('with one payment twice has it once', async () => {
    const { body } = await sender.post({ body: manyInOne.body.replace('A-2', 'A-1') });
    expect(body.payments.map((one: { status: string }) => one.status)).toEqual(['created', 'duplicate']);
  });

  test('without payments is no mistake', async () => {
    expect((await sender.post({ body: '{"batch":{"items":[]}}' })).body).toEqual({ payments: [] });
  });
});

describe('channels', () => {
  const put = (name: string, version: number, definition: object = flatJson.definition) =>
    sender.call.put(`/api/v1/channels/${name}`).set(sender.authorised).send({ version, definition });

  test('are declared, read, replaced and removed, version by version', async () => {
    expect((await put('bank', 0).expect(200)).body).toMatchObject({ channel: 'bank', version: 1 });
    expect((await put('bank', 0)).body.code).toBe('version-conflict');
    expect((await put('bank', 1).expect(200)).body.version).toBe(2);
    const { body } = await get('/api/v1/channels/bank').expect(200);
    expect((await put('bank', 2, body.definition).expect(200)).body.definition).toEqual(body.definition);
    expect((await get('/api/v1/channels')).body.data.map((one: { channel: string }) => one.channel)).toEqual([
      'bank',
      'orders',
    ]);
    await sender.call.delete('/api/v1/channels/bank').set(sender.authorised).expect(200);
    expect((await get('/api/v1/channels/bank')).body.code).toBe('channel-not-found');
    expect((await put('bank', 0).expect(200)).body.version).toBe(5);
    const { store } = sender.deps.webhooks as ReturnType<typeof aWebhooks>;
    const told = (await store.told(SHOP)).filter((line) => line.endsWith(' bank'));
    const [saved, removed] = ['channel.saved bank', 'channel.removed bank'];
    expect(told).toEqual([saved, saved, saved, removed, saved]);
  });

  test('that are wrong are told so, all mistakes at once', async () => {
    const answer = await put('bank', 0, { signature: { scheme: 'magic' }, business_unit_id: 'x', colour: 1 });
    expect([answer.status, faultsOf(answer)]).toEqual([
      400,
      ['definition.colour definition', 'definition.signature.scheme definition', 'definition.fields definition'],
    ]);
    const unit = await put('bank', 0, { ...flatJson.definition, business_unit_id: 'nowhere' });
    expect(faultsOf(unit)).toEqual(['definition.business_unit_id definition']);
    expect(faultsOf(await put('Bank', 0))).toEqual(['channel characters']);
  });

  test('are tried out with a body, saved or not, and nothing is recorded', async () => {
    const tryOut = (given: object, name = 'orders') =>
      sender.call.post(`/api/v1/channels/${name}/dry-run`).set(sender.authorised).send(given);
    const { body } = await tryOut({ body: flatJson.body }).expect(200);
    expect(body).toMatchObject({
      is_list: false,
      payments: [{ status: 'valid', payment: { reference_number: 'FT26001', amount: 1500, currency: 'XAF' } }],
    });
    const bad = await tryOut({ body: '{}', definition: manyInOne.definition }, 'new');
    expect(faultsOf(bad)).toEqual(['body no-payments']);
    expect((await tryOut({ body: '{}' })).body.payments[0]).toMatchObject({ status: 'rejected' });
    expect((await tryOut({ body: '{}' }, 'new')).body.code).toBe('channel-not-found');
    expect(await sender.recordedOf()).toEqual([]);
    expect(await sender.rejectedOf()).toEqual([]);
  });
});

describe('bounds', () => {
  const parts = () => ({
    tenancy: sender.tenancy,
    payments: { find: (_: string, ids: readonly string[]) => Promise.resolve(ids.map(() => undefined)) },
    counts: { add() {} },
    meter: silentMeter,
    logger: sender.deps.logger,
  });

  test('a channel takes so many a minute, whoever is no sender of it takes none of them', async () => {
    const taken: unknown[] = [];
    const limits = {
      take: (...asked: unknown[]) => (taken.push(asked), Promise.resolve({ allowed: false, resetsInMs: 41_500 })),
    };
    const { store } = sender.deps.webhooks as ReturnType<typeof aWebhooks>;
    const webhooks = aWebhooks({ ...parts(), store, limits, facts: { record: () => Promise.reject(new Error('no')) } });
    Object.assign(sender.deps.webhooks, { receiveWebhook: webhooks.receiveWebhook });
    await sender.declare({ ...flatJson.definition, requests_per_minute: 60 });
    expect((await sender.post({ secret: 'another secret of 16 bytes' })).status).toBe(401);
    expect(taken).toEqual([]);
    const { status, body, headers } = await sender.post();
    expect([status, body.code, headers['retry-after']]).toEqual([429, 'rate-limited', '42']);
    expect(taken).toEqual([[SHOP, 'orders', 60]]);
  });

  test('a sender waits no longer than it is promised, and may send it again', async () => {
    const tenancy = aTenancy();
    const stuck = { record: () => new Promise<never>(() => {}) };
    const webhooks = aWebhooks({ ...parts(), tenancy, facts: stuck, timeoutMs: 50 });
    const api = await anApi({ tenancy, webhooks });
    const { status, body, headers } = await api.call.post(GENERIC).send(genericBody);
    expect([status, body.code, body.retryable, headers['retry-after']]).toEqual([503, 'unavailable', true, '1']);
  });

  test.each([{ memo: CARD }, { [CARD]: 1 }, { metadata: { a: [CARD] } }])(
    'a body of our own shape with a card number is refused and not kept: %j',
    async (more) => {
      const store = new InMemoryChannels();
      const api = await anApi({
        webhooks: aWebhooks({ ...parts(), store, facts: aRecorder(new InMemoryRecordedPayments()) }),
      });
      const { status, body, text } = await api.call.post(GENERIC).send({ ...genericBody, ...more });
      expect([status, body.code]).toEqual([422, 'card-number-refused']);
      expect(text).not.toContain(CARD);
      expect(await store.rejected.list('default', { limit: 10 })).toEqual([]);
    },
  );

  test('the day of the tenant is counted', async () => {
    const counted: unknown[] = [];
    const tenancy = aTenancy();
    const counts = { add: (tenant: string, tally: object) => void counted.push([tenant, { ...tally, ms: 0 }]) };
    const outcome = { outcome: 'created' as const, paymentId: 'p' };
    const facts = {
      record: (_t: string, _s: string, items: readonly unknown[]) => Promise.resolve(items.map(() => outcome)),
    };
    const api = await anApi({ tenancy, webhooks: aWebhooks({ ...parts(), tenancy, counts, facts }) });
    await api.call.post(GENERIC).send(genericBody).expect(201);
    await api.call.post(GENERIC).send({}).expect(400);
    const none = { received: 1, created: 0, duplicates: 0, rejected: 0, ms: 0 };
    expect(counted).toEqual([
      ['default', { ...none, created: 1 }],
      ['default', { ...none, rejected: 1 }],
    ]);
  });
});
