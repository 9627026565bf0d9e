import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tenantScopes } from '@ferry/tenancy';
import type { AttackReport } from '../../../apps/cli/src/attack/run-attack.js';
import { runCommand } from '../../harness/ferry.js';
import { startKeyedApi, type KeyedApi } from '../../harness/keyed-api.js';

interface Attacked {
  readonly code: number | null;
  readonly report: AttackReport;
}

let keyed: KeyedApi;
beforeAll(async () => {
  keyed = await startKeyedApi(['victim', 'thief', 'parted']);
});
afterAll(() => keyed?.stop());

async function run(keyA: string, keyB: string, ...options: string[]): Promise<Attacked> {
  const keys = { ATTACK_KEY_A: keyA, ATTACK_KEY_B: keyB };
  const { code, output } = await runCommand(['attack', '--url', keyed.api.url, '--json', ...options], keys);
  try {
    return { code, report: JSON.parse(output) as AttackReport };
  } catch {
    throw new Error(output);
  }
}

/** RELIABILITY A1, by `ferry attack` itself: a tenant reaches for another one's things by every route and every table. */
describe('A1: one tenant and the things of another', () => {
  const attack = (by = 'thief'): Promise<Attacked> =>
    run(keyed.keyOf('victim'), keyed.keyOf(by), '--database-url', keyed.environment['DATABASE_URL'] ?? '');

  test('nothing is read, changed or learnt', async () => {
    const { code, report } = await attack();
    const { operations, calls, belongings, timings, database } = report;
    expect(report.holes).toEqual([]);
    expect(code).toBe(0);
    expect(operations).toBeGreaterThan(15);
    expect(belongings).toBeGreaterThan(10);
    expect(calls).toBeGreaterThan(operations * belongings);
    expect(database?.relations).toBeGreaterThan(20);
    expect(database?.untenanted).toEqual(['public.migrations', 'public.payment_staging', 'recording.dropped_months']);
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

describe('A1: one business unit and the things of another', () => {
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    for (const unit of ['north', 'south']) {
      expect((await keyed.as('parted').post('/api/v1/business-units', { id: unit, name: unit })).status).toBe(201);
      const made = await keyed.as('parted').post('/api/v1/keys', {
        name: unit,
        scopes: [...tenantScopes],
        business_unit_id: unit,
      });
      keys[unit] = made.body.secret_key as string;
    }
  });

  test('nothing is read, changed or learnt but that a name is taken', async () => {
    const { code, report } = await run(keys['north'] ?? '', keys['south'] ?? '', '--units');
    const { holes, operations, calls, belongings, closed } = report;
    expect(holes).toEqual([]);
    expect(code).toBe(0);
    expect(operations).toBeGreaterThan(12);
    expect(belongings).toBeGreaterThan(10);
    expect(closed).toContain('GET /api/v1/audit');
    process.stderr.write(`A1 between units: ${calls} calls, ${closed.length} operations closed to units\n`);
  }, 120_000);

  test('what a unit may see of itself would be found', async () => {
    const { code, report } = await run(keys['north'] ?? '', keys['north'] ?? '', '--units');
    expect(code).toBe(4);
    const expected = [
      'GET /api/v1/payments/{id} with ',
      'GET /api/v1/payments: tells',
      'POST /api/v1/keys/{id}/revoke',
    ];
    expect(report.holes).toEqual(expect.arrayContaining(expected.map((text) => expect.stringContaining(text))));
  }, 120_000);
});
