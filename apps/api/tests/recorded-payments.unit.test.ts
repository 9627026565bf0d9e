import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { TodayStats, type RecordedPayment } from '@ferry/recording';
import { aRecording, InMemoryWebhookCountLog, type Given } from '@ferry/recording/testing';
import { nobody } from '@ferry/tenancy';
import { anApi, closeApis, faultsOf, type Api } from './an-api.js';

let api: Api;
beforeEach(async () => {
  api = await anApi();
});
afterEach(closeApis);

const PATH = '/api/v1/recorded-payments';

async function record(given: Given = {}): Promise<RecordedPayment> {
  const recording = aRecording(given);
  await api.recorded.record(recording.payment.tenantId, [recording]);
  return recording.payment;
}

const idsOf = ({ body }: { body: { data: { id: string }[] } }): string[] => body.data.map(({ id }) => id);
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 9, minute));

describe('GET /api/v1/recorded-payments', () => {
  test('gives the latest payment date first, page by page, also where dates are the same', async () => {
    const made = [];
    for (const minute of [3, 1, 2, 2, 2, 0]) made.push(await record({ paymentDate: at(minute), cif: 'C' }));
    await record({ cif: 'D' });
    const inOrder = made
      .toSorted((a, b) => b.paymentDate.getTime() - a.paymentDate.getTime() || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id);
    const seen: string[] = [];
    let path: string | undefined = `${PATH}?limit=2&cif=C`;
    while (path !== undefined) {
      const { body, headers }: Awaited<ReturnType<typeof api.call.get>> = await api.call.get(path).expect(200);
      seen.push(...idsOf({ body }));
      path = /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      expect(body.next_cursor === null).toBe(path === undefined);
    }
    expect(seen).toEqual(inOrder);
  });

  test('says all of a payment, in the words of the event', async () => {
    const { id, referenceNumber, createdAt } = await record({ paymentChannel: 'branch', metadata: { teller: 7 } });
    const { body } = await api.call.get(PATH).expect(200);
    expect(body.data).toEqual([
      {
        id,
        business_unit_id: 'default',
        reference_number: referenceNumber,
        loan_account_number: 'LN-0001',
        cif: 'CIF-1',
        amount: 100.5,
        currency: 'EUR',
        payment_date: '2026-11-20T09:00:00.000Z',
        payment_channel: 'branch',
        source: 'webhook',
        metadata: { teller: 7 },
        created_at: createdAt.toISOString(),
      },
    ]);
    expect((await api.call.get(`${PATH}/${id}`).expect(200)).body).toEqual(body.data[0]);
  });

  test.each<[string, Given]>([
    ['reference_number=r%2F1', { referenceNumber: 'r/1' }],
    ['loan_account_number=L-9', { loanAccountNumber: 'L-9' }],
    ['cif=C-9', { cif: 'C-9' }],
    ['payment_channel=atm', { paymentChannel: 'atm' }],
    ['source=staging', { source: 'staging' }],
    ['business_unit_id=north', { businessUnitId: 'north' }],
    ['from=2026-11-20T09:07:00Z', { paymentDate: at(7) }],
    ['to=2026-11-20T09:00:00Z', { paymentDate: new Date(at(0).getTime() - 1) }],
  ])('?%s', async (query, given) => {
    await record({ paymentDate: at(0) });
    const { id } = await record(given);
    expect(idsOf(await api.call.get(`${PATH}?${query}`).expect(200))).toEqual([id]);
  });

  test('a cursor continues its own query only', async () => {
    for (let i = 0; i < 3; i += 1) await record();
    const { body } = await api.call.get(`${PATH}?limit=1`).expect(200);
    const cursor = String(body.next_cursor);
    expect(idsOf(await api.call.get(`${PATH}?limit=2&cursor=${cursor}`).expect(200))).toHaveLength(2);
    const text = Buffer.from(cursor, 'base64url').toString();
    const forged = [
      text.replace('r1.', 'r2.'),
      text.replace(/\.\d+\./, '.x.'),
      text.replace(/\.\d+\./, '.9999999999999999.'),
      `${text}.x`,
    ];
    for (const bad of [
      `cif=C&cursor=${cursor}`,
      ...forged.map((one) => `cursor=${Buffer.from(one).toString('base64url')}`),
    ])
      expect((await api.call.get(`${PATH}?${bad}`).expect(400)).body.code).toBe('invalid-cursor');
  });

  test.each([
    ['limit=101', 'limit integer'],
    ['source=etl', 'source one-of'],
    ['from=2026-02-30T00:00:00Z', 'from time'],
    ['from=2026-02-02T00:00:00Z&to=2026-02-02T00:00:00Z', 'to after'],
    ['status=x', 'status unknown-field'],
  ])('?%s is refused', async (query, fault) => {
    expect(faultsOf(await api.call.get(`${PATH}?${query}`).expect(400))).toEqual([fault]);
  });
});

test('GET /api/v1/recorded-payments/:id knows nobody else’s', async () => {
  const { id } = await record({ tenantId: 'bank' });
  for (const one of [id, newId()])
    expect((await api.call.get(`${PATH}/${one}`).expect(404)).body.code).toBe('recorded-payment-not-found');
});

test('somebody of a business unit sees that unit alone', async () => {
  const north = await record({ businessUnitId: 'north' });
  const south = await record({ businessUnitId: 'south' });
  const { recorded } = api;
  const unit = { ...nobody('default'), businessUnitId: 'north' };
  const { stats } = api.deps.recording;
  api = await anApi({ principalOf: () => Promise.resolve(unit), recording: { payments: recorded, stats } });
  expect(idsOf(await api.call.get(PATH).expect(200))).toEqual([north.id]);
  expect(idsOf(await api.call.get(`${PATH}?business_unit_id=north`).expect(200))).toEqual([north.id]);
  expect(idsOf(await api.call.get(`${PATH}?business_unit_id=south`).expect(200))).toEqual([]);
  expect((await api.call.get(`${PATH}.csv`).expect(200)).text.split('\r\n')).toHaveLength(3);
  await api.call.get(`${PATH}/${south.id}`).expect(404);
  await api.call.get(`${PATH}/${north.id}`).expect(200);
});

describe('GET /api/v1/payments/stats', () => {
  test('has the shape of the source design, with zeros where nothing was', async () => {
    const { body } = await api.call.get('/api/v1/payments/stats').expect(200);
    expect(body).toStrictEqual({
      staging: { processed_today: 0, pending_count: 0, average_batch_time_ms: 0 },
      webhooks: { received_today: 0, duplicate_rate: 0, average_response_time_ms: 0 },
    });
  });

  test('tells of the tenant’s own day', async () => {
    const clock = { now: () => new Date('2026-02-28T23:59:59.999Z') };
    const log = new InMemoryWebhookCountLog();
    const tally = { received: 8, created: 6, duplicates: 2, rejected: 1, ms: 20 };
    await log.record([
      { ...tally, tenantId: 'default', day: '2026-02-28' },
      { ...tally, tenantId: 'default', day: '2026-03-01', received: 99 },
      { ...tally, tenantId: 'bank', day: '2026-02-28', received: 99 },
    ]);
    const staging = { processed: 41, averageBatchMs: 87.5, waiting: 7 };
    const asked: unknown[] = [];
    const figures = { ofDay: async (...args: unknown[]) => (asked.push(args), staging) };
    const { payments } = api.deps.recording;
    api = await anApi({ recording: { payments, stats: new TodayStats(figures, log, clock) } });
    const { body } = await api.call.get('/api/v1/payments/stats').expect(200);
    expect(body).toStrictEqual({
      staging: { processed_today: 41, pending_count: 7, average_batch_time_ms: 87.5 },
      webhooks: { received_today: 8, duplicate_rate: 0.25, average_response_time_ms: 2.5 },
    });
    expect(asked).toEqual([['default', '2026-02-28', 100_000]]);
  });
});
