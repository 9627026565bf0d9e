import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, type Reply } from '../harness/client.js';
import { runCommand, startServer } from '../harness/ferry.js';

/** RELIABILITY.md F15 and F16, over HTTP on the embedded database. */
const KEYS = 200;
const CALLS_PER_KEY = 50;
const CLASHES = 1_000;

describe('idempotency', () => {
  let directory: string;
  let ferry: Awaited<ReturnType<typeof startServer>>;
  let client: Client;
  const environment = (): Record<string, string> => ({ FERRY_DATA_DIR: directory, LOG_LEVEL: 'warn' });

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-f15-'));
    ferry = await startServer('cli', { ...environment(), LOG_LEVEL: 'info' });
    client = new Client(ferry.url, { sockets: 100 });
  });
  afterAll(async () => {
    client.close();
    await ferry.stop();
    const verify = await runCommand(['verify'], environment());
    rmSync(directory, { recursive: true, force: true });
    expect(verify.output).toContain('all invariants hold');
  });

  const shuffled = <T>(items: T[]): T[] => items.toSorted(() => Math.random() - 0.5);
  const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const count = (replies: readonly Reply[], status: number): number =>
    replies.filter((reply) => reply.status === status).length;

  test(`F15: ${CALLS_PER_KEY} concurrent calls on each of ${KEYS} keys make ${KEYS} payments, the others get the same answer`, async () => {
    const calls = shuffled(times(KEYS * CALLS_PER_KEY, (i) => i % KEYS));
    const replies = await Promise.all(
      calls.map(async (key) => ({
        key,
        reply: await client.pay(`f15-${key}`, {}, { 'Idempotency-Key': `f15-key-${key}` }),
      })),
    );
    const all = replies.map(({ reply }) => reply);
    expect(count(all, 201)).toBe(KEYS);
    expect(count(all, 200)).toBe(KEYS * (CALLS_PER_KEY - 1));
    for (const group of Map.groupBy(replies, ({ key }) => key).values()) {
      expect(new Set(group.map(({ reply }) => reply.text)).size).toBe(1);
      expect(group.filter(({ reply }) => reply.headers['idempotent-replayed'] === 'true')).toHaveLength(
        CALLS_PER_KEY - 1,
      );
    }
  });

  test('F15 without keys: one payment for a reference, the others are told which', async () => {
    const replies = await Promise.all(times(CALLS_PER_KEY, () => client.pay('f15-no-key')));
    const [created] = replies.filter(({ status }) => status === 201);
    expect(count(replies, 201)).toBe(1);
    expect(count(replies, 409)).toBe(CALLS_PER_KEY - 1);
    for (const { body } of replies.filter(({ status }) => status === 409))
      expect(body).toMatchObject({ code: 'duplicate-reference', payment_id: created?.body.id });
  });

  test(`F16: the same key with another body is refused, ${CLASHES} times`, async () => {
    await client.pay('f16-first', {}, { 'Idempotency-Key': 'f16' });
    const replies = await Promise.all(
      times(CLASHES, (i) =>
        client.pay(i % 2 ? `f16-other-${i}` : 'f16-first', { amount: 7 + i }, { 'Idempotency-Key': 'f16' }),
      ),
    );
    expect(count(replies, 422)).toBe(CLASHES);
    expect(new Set(replies.map(({ body }) => body.code))).toEqual(new Set(['idempotency-key-reused']));
    const list = await client.get('/api/v1/payments?reference=f16-other-1');
    expect(list.body.data).toEqual([]);
  });

  test('a refused payment does not use up its key', async () => {
    const key = { 'Idempotency-Key': 'f16-refused' };
    await client.pay('f16-taken');
    expect((await client.pay('f16-taken', {}, key)).body.code).toBe('duplicate-reference');
    expect((await client.pay('f16-free', {}, key)).status).toBe(201);
  });

  test('the same request in another spelling is the same request', async () => {
    const key = { 'Idempotency-Key': '"f16-spelling"' };
    const first = await client.pay('f16-spelling', { amount: 100.5 }, key);
    const again = await client.post(
      '/api/v1/payments',
      { reference: 'f16-spelling', kind: 'PAYMENT', currency: 'USD', amount: '100.50' },
      { 'X-Idempotency-Key': 'f16-spelling' },
    );
    expect(again.status).toBe(200);
    expect(again.text).toBe(first.text);
  });
});
