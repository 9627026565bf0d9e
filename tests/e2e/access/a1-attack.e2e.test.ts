import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AttackReport } from '../../../apps/cli/src/attack/run-attack.js';
import { runCommand } from '../../harness/ferry.js';
import { startKeyedApi, type KeyedApi } from '../../harness/keyed-api.js';

/** RELIABILITY A1, by `ferry attack` itself: a tenant reaches for another one's things by every route and every table. */
describe('A1: one tenant and the things of another', () => {
  let keyed: KeyedApi;
  beforeAll(async () => {
    keyed = await startKeyedApi(['victim', 'thief']);
  }, 60_000);
  afterAll(() => keyed?.stop());

  async function attack(by = 'thief'): Promise<{ readonly code: number | null; readonly report: AttackReport }> {
    const keys = { ATTACK_KEY_A: keyed.keyOf('victim'), ATTACK_KEY_B: keyed.keyOf(by) };
    const options = ['--url', keyed.api.url, '--database-url', keyed.environment['DATABASE_URL'] ?? '', '--json'];
    const { code, output } = await runCommand(['attack', ...options], keys);
    return { code, report: parsed(output) };
  }

  const parsed = (output: string): AttackReport => {
    try {
      return JSON.parse(output) as AttackReport;
    } catch {
      throw new Error(output);
    }
  };

  test('nothing is read, changed or learnt', async () => {
    const { code, report } = await attack();
    const { operations, calls, belongings, timings, database } = report;
    expect(report.holes).toEqual([]);
    expect(code).toBe(0);
    expect(operations).toBeGreaterThan(15);
    expect(belongings).toBeGreaterThan(10);
    expect(calls).toBeGreaterThan(operations * belongings);
    expect(database?.relations).toBeGreaterThan(20);
    expect(database?.untenanted).toEqual(['public.migrations']);
    const told = timings.map((one) => `${one.operation} ${one.theirsMs.toFixed(2)}/${one.nobodysMs.toFixed(2)} ms`);
    process.stderr.write(`A1: ${calls} calls, ${database?.statements} statements; ${told.join(', ')}\n`);
  }, 120_000);

  test('what a tenant may see of itself would be found', async () => {
    const { code, report } = await attack('victim');
    expect(code).toBe(4);
    const expected = [
      'GET /api/v1/payments/{id} with ',
      'GET /api/v1/payments: tells',
      'POST /api/v1/payments/{id}/cancel',
    ];
    expect(report.holes).toEqual(expect.arrayContaining(expected.map((text) => expect.stringContaining(text))));
  }, 120_000);
});
