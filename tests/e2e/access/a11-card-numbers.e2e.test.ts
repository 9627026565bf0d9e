import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import pg from 'pg';
import { operationsOf, type OpenApi, type Operation } from '../../../apps/cli/src/attack/operations.js';
import { startKeyedApi, type KeyedApi } from '../../harness/keyed-api.js';
import { FerryProcess } from '../../harness/ferry.js';
import { everyPlace, type Planted } from './card-places.js';

/** Test numbers, of 13 to 19 digits, as they are written. */
const cards = ['4111111111111111', '5555 5555 5555 4444', '3782-822463-10005', '4222222222222', '6205500000000000004'];
const digits = cards.map((card) => card.replaceAll(/\D/g, ''));
/** What is kept of a good request, in the same places: the search must find it. */
const marker = 'kept-7c1a9e52';

describe('A11: card numbers', () => {
  let ferry: KeyedApi;
  let worker: FerryProcess;
  let operations: readonly Operation[];
  beforeAll(async () => {
    ferry = await startKeyedApi(['operator']);
    worker = new FerryProcess('worker', [], ferry.environment);
    await worker.said('worker runs');
    operations = operationsOf((await (await fetch(`${ferry.api.url}/openapi.json`)).json()) as OpenApi);
  });
  afterAll(async () => {
    await worker?.kill();
    await ferry?.stop();
  });

  const send = async (method: string, { path, headers, body }: Omit<Planted, 'place' | 'field'>) => {
    const url = path.startsWith('/api/v1/admin/') ? ferry.api.operatorsUrl : ferry.api.url;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${ferry.keyOf('operator')}`,
        ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(method === 'GET' || body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };

  test('are refused in every place of every route, by the name of the place', async () => {
    const wrong: string[] = [];
    let sent = 0;
    for (const [i, operation] of operations.entries())
      for (const planted of everyPlace(operation, cards[i % cards.length] as string)) {
        const { status, text } = await send(operation.method, planted);
        sent += 1;
        if (!isRefusal(status, text, planted.field)) wrong.push(`${planted.place}: ${status} ${text.slice(0, 300)}`);
        if (digits.some((card) => text.replaceAll(/[ -]/g, '').includes(card)))
          wrong.push(`${planted.place}: said again`);
      }
    expect(wrong).toEqual([]);
    expect(sent).toBeGreaterThan(operations.length * 5);
  }, 120_000);

  test('are in no table and no log, while what was good is found in both', async () => {
    const body = { amount: '1', currency: 'XAF', reference: marker, metadata: { [marker]: marker } };
    const headers = { 'X-Correlation-Id': marker, 'Idempotency-Key': marker };
    for (const card of cards) {
      const refused = await send('POST', { path: '/api/v1/payments', headers, body: { ...body, external_id: card } });
      expect(refused.status).toBe(422);
    }
    expect((await send('POST', { path: '/api/v1/payments', headers, body })).status).toBe(201);
    const client = new pg.Client({ connectionString: ferry.adminUrl });
    await client.connect();
    try {
      await eventually('the payment has ended', async () => (await rowsWith(client, /SUCCESS|FAILED/)).length > 0);
      const found = await rowsWith(client, new RegExp(marker));
      for (const name of ['payments.payments', 'payments.idempotency_keys']) expect(found).toContain(name);
      expect(await rowsWith(client, new RegExp(digits.join('|')))).toEqual([]);
    } finally {
      await client.end();
    }
    const logs = JSON.stringify([ferry.api.lines, worker.lines]);
    expect(logs).toContain(marker);
    expect(logs.replaceAll(/[ -]/g, '')).not.toMatch(new RegExp(digits.join('|')));
  });
});

function isRefusal(status: number, text: string, field: string): boolean {
  if (status !== 422) return false;
  const { code, errors } = JSON.parse(text) as { code: string; errors: { field: string; rule: string }[] };
  return code === 'card-number-refused' && errors.length === 1 && errors[0]?.field === field;
}

/** Tables with a row in which this stands, with or without spaces and dashes: all tables there are, the outbox too. */
async function rowsWith(client: pg.Client, wanted: RegExp): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
    if (rows.some(({ text }) => wanted.test(text) || wanted.test(text.replaceAll(/[ -]/g, '')))) found.push(name);
  }
  return found;
}
