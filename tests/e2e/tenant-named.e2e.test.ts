import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { runCommand, startServer } from '../harness/ferry.js';

const PAYMENTS = '/api/v1/payments';

/** Whatever a running Ferry says of a tenant's data, it says whose it is; and what is no log says nothing of it. */
describe('what is said of a tenant', () => {
  let directory: string;
  let ferry: Awaited<ReturnType<typeof startServer>>;
  let key: string;
  const ids: string[] = [];
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-named-'));
    const environment = { FERRY_DATA_DIR: directory };
    const { output } = await runCommand(['tenants', 'create', 'named-tenant', '--json'], environment);
    const made = output.split('\n').find((line) => line.startsWith('{'));
    ({ key } = JSON.parse(made ?? '') as { key: string });
    ferry = await startServer('cli', { ...environment, FERRY_AUTH: 'keys', LOG_LEVEL: 'debug' });
  });
  afterAll(async () => {
    await ferry?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const call = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${ferry.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const linesOf = (id: string): Record<string, unknown>[] =>
    ferry.lines.filter((line) => JSON.stringify(line).includes(id));

  test('each line that names one of its payments, requests or keys names the tenant', async () => {
    for (const reference of ['SIM-SUCCESS-1', 'SIM-FAILURE-1']) {
      const { id } = (await (await call('POST', PAYMENTS, { amount: '1', currency: 'XAF', reference })).json()) as {
        id: string;
      };
      ids.push(id);
    }
    const gone = '00000000-0000-7000-8000-000000000000';
    const missing = (await (await call('GET', `${PAYMENTS}/${gone}`)).json()) as { instance: string };
    const refused = missing.instance.replace('/requests/', '');
    const prefix = key.slice(0, key.lastIndexOf('_'));
    const guess = `${prefix}_${'0'.repeat(52)}`;
    await fetch(`${ferry.url}${PAYMENTS}`, { headers: { Authorization: `Bearer ${guess}` } });
    const own = [...ids, refused, prefix];
    for (const until of own) {
      const deadline = performance.now() + 60_000;
      while (linesOf(until).length === 0 && performance.now() < deadline) await sleep(20);
    }
    const told = own.flatMap(linesOf);
    expect(own.filter((id) => linesOf(id).length === 0)).toEqual([]);
    expect(told.filter(({ tenant_id }) => tenant_id !== 'named-tenant')).toEqual([]);
  }, 120_000);

  test('metrics and health say nothing of any tenant', async () => {
    const banner = ferry.lines.map(({ text }) => String(text)).join('\n');
    const [metricsUrl = ''] = /http:\S+\/metrics/.exec(banner) ?? [];
    const pages = await Promise.all(
      [metricsUrl, `${ferry.url}/health`, `${ferry.url}/openapi.json`].map(async (url) => (await fetch(url)).text()),
    );
    expect(pages[0]).toMatch(/ferry_payments_created_total\{outcome="\w+"\} 2/);
    for (const page of pages)
      for (const own of ['named-tenant', 'SIM-SUCCESS-1', ...ids]) expect(page).not.toContain(own);
  });
});
