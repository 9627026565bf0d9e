import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { Client } from '../harness/client.js';
import { FerryProcess, runCommand, startServer } from '../harness/ferry.js';

test('a database that dies while it is made ready is made ready nevertheless', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-e2e-'));
  const ferry = new FerryProcess('cli', ['start'], { FERRY_AUTH: 'none', FERRY_DATA_DIR: directory });
  const postmaster = (): readonly string[] => {
    try {
      return readFileSync(join(directory, 'postgres/postmaster.pid'), 'utf8').split('\n');
    } catch {
      return [];
    }
  };
  try {
    for (let kills = 0; kills < 3; kills += 1) {
      const killed = postmaster()[0];
      await eventually('it serves', () => postmaster()[0] !== killed && postmaster()[7]?.trim() === 'ready');
      await sleep(kills * 100);
      process.kill(Number(postmaster()[0]), 'SIGKILL');
    }
    await ferry.said('api listens');
    expect(ferry.lines.filter(({ level }) => level === 'error')).toEqual([]);
  } finally {
    await ferry.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

/** What a new user does first: `ferry start` on an empty directory, on the embedded database. */
describe('ferry start', () => {
  let directory: string;
  let ferry: Awaited<ReturnType<typeof startServer>>;
  let client: Client;
  const environment = (): Record<string, string> => ({ FERRY_DATA_DIR: directory });
  const start = async (): Promise<void> => {
    ferry = await startServer('cli', environment());
    client = new Client(ferry.url);
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-e2e-'));
    await start();
  });
  afterEach(() => {
    for (const line of ferry.lines) expect(line.level).not.toBe('error');
  });
  afterAll(async () => {
    client.close();
    await ferry.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('a payment is accepted, processed and told', async () => {
    const created = await client.pay('REF-001');
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ amount: 100.5, currency: 'USD', reference: 'REF-001', status: 'PENDING' });
    expect(created.headers.location).toBe(`/api/v1/payments/${created.body.id}`);
    const ended = await client.get(`${created.headers.location as string}?wait=30`);
    expect(ended.body.status).toMatch(/^(SUCCESS|FAILED)$/);
    const history = await client.get(`${created.headers.location as string}/history`);
    expect(history.body.data.map((entry: { to: string }) => entry.to)).toEqual(['PENDING', ended.body.status]);
  });

  test.each([
    ['SIM-SUCCESS', 'SUCCESS'],
    ['SIM-FAILURE', 'FAILED'],
  ])('the reference %s forces %s', async (reference, status) => {
    const { body } = await client.pay(`${reference}-1`);
    expect((await client.get(`/api/v1/payments/${body.id}?wait=30`)).body.status).toBe(status);
  });

  test('an unknown outcome stays PROCESSING and is asked for again, never failed', async () => {
    const { body } = await client.pay('SIM-UNKNOWN-1');
    const status = async (): Promise<unknown> => (await client.get(`/api/v1/payments/${body.id}`)).body.status;
    await eventually('it was taken up', async () => (await status()) !== 'PENDING');
    await sleep(1_500);
    expect(await status()).toBe('PROCESSING');
  });

  test('what the log says carries the correlation id of the request, in the api and in the worker', async () => {
    const { body } = await client.pay('SIM-SUCCESS-corr', {}, { 'X-Correlation-Id': 'my-correlation' });
    await client.get(`/api/v1/payments/${body.id}?wait=30`);
    const said = (message: string): boolean =>
      ferry.lines.some((line) => line.correlation_id === 'my-correlation' && line.message === message);
    await eventually('both say so', () => said('request') && said('payment ended'));
  });

  test('a killed database comes back by itself and no accepted payment is lost', async () => {
    const postmaster = Number.parseInt(readFileSync(join(directory, 'postgres/postmaster.pid'), 'utf8'), 10);
    const before = await client.pay('before-kill');
    expect(before.status).toBe(201);
    process.kill(postmaster, 'SIGKILL');
    const statuses = new Set<number>();
    let asked = 0;
    await eventually('it is back', async () => {
      const { status } = await client.pay(`during-${(asked += 1)}`);
      statuses.add(status);
      return status === 201 && (statuses.has(503) || asked >= 400); // it may have been away between two of them
    });
    expect([...statuses].every((status) => status === 201 || status === 503)).toBe(true);
    expect((await client.get(`/api/v1/payments/${before.body.id}?wait=30`)).body.status).toMatch(/SUCCESS|FAILED/);
  });

  test('after kill -9 of Ferry the next start clears up and keeps the data', async () => {
    const { body } = await client.pay('survives', { metadata: { simulate: 'success' } });
    client.close();
    await ferry.kill();
    await start();
    expect((await client.get(`/api/v1/payments/${body.id}?wait=30`)).body.status).toBe('SUCCESS');
  });

  test('a second Ferry on the same data says who has it and leaves it alone', async () => {
    const second = await runCommand(['start'], environment());
    expect(second.code).toBe(1);
    expect(second.output).toMatch(/another Ferry \(process \d+\) uses/);
    expect((await client.get('/health/ready')).status).toBe(200);
  });

  test('a stop is clean, and verify and replay work on what is left', async () => {
    client.close();
    const { code, ms } = await ferry.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
    const verify = await runCommand(['verify'], environment());
    expect(verify.output).toContain('all invariants hold');
    expect(verify.code).toBe(0);
    const replay = await runCommand(['replay', '--dry-run'], environment());
    expect(replay.output).toContain('0 payment(s) parked for attention, 0 dead letter(s)');
    expect(replay.code).toBe(0);
    await start();
  });
});
