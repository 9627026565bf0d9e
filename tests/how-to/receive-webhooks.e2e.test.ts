import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startKeyedApi, type KeyedApi } from '../harness/keyed-api.js';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/how-to/receive-webhooks.md'), 'utf8');
const commands = [...page.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, text]) => text as string);
const SECRET = 'a secret that both sides know';

let ferry: KeyedApi;
let directory: string;
beforeAll(async () => {
  ferry = await startKeyedApi(['shop']);
  directory = mkdtempSync(join(tmpdir(), 'ferry-how-to-'));
});
afterAll(async () => {
  await ferry?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What these commands print last, as JSON. */
async function shell(script: string, environment: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const known = { FERRY: ferry.api.url, KEY: ferry.keyOf('shop'), TENANT: 'shop', SECRET };
  const env = { ...process.env, ...known, ...environment };
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { cwd: directory, env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const run = (command: number): Promise<unknown> => shell(commands[command] as string);

test('the commands of docs/how-to/receive-webhooks.md do what the page says', async () => {
  expect(commands).toHaveLength(6);
  expect(await run(0)).toEqual({ status: 'created', payment_id: expect.any(String) });
  expect(await run(0)).toMatchObject({ status: 'duplicate' });
  expect(await run(1)).toMatchObject({ channel: 'bank', version: 1 });
  expect(await run(2)).toMatchObject({ name: 'webhook/bank' });
  const payment = {
    reference_number: 'FT1',
    cif: '4711',
    amount: 1234.5,
    currency: 'EUR',
    payment_date: '2026-02-28T09:30:00.000Z',
    metadata: { branch: 'Nord' },
  };
  expect(await run(3)).toMatchObject({ payments: [{ status: 'valid', payment }] });
  expect(await run(4)).toEqual({ status: 'created', payment_id: expect.any(String) });
  expect(await run(4)).toMatchObject({ status: 'duplicate' });
});

test('what was rejected is listed and replayed', async () => {
  const rejected = await fetch(`${ferry.api.url}/api/v1/payments/webhook`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ferry.keyOf('shop')}`, 'Content-Type': 'application/json' },
    body: '{"reference_number":"REF-9"}',
  });
  expect(rejected.status).toBe(400);
  const [list = '', replay = ''] = (commands[5] as string).split('\n');
  const { data } = (await shell(list)) as { data: { id: string; reason: string }[] };
  expect(data[0]?.reason).toBe('faults');
  expect(await shell(replay, { ID: data[0]?.id ?? '' })).toMatchObject({ code: 'invalid-request' });
});
