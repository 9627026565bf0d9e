import { afterEach, describe, expect, test } from '@jest/globals';
import { aKeyedApi } from '../../api/tests/a-keyed-api.js';
import { closeApis } from '../../api/tests/an-api.js';
import { runAttack, type AttackReport } from '../src/attack/run-attack.js';

afterEach(closeApis);

/** A1 without a database: that every route can be attacked, and what the api itself tells. tests/e2e/access has the whole. */
test('every operation of Ferry can be attacked, and tells nothing', async () => {
  const api = await aKeyedApi();
  const operator = { actor: { kind: 'operator', id: 'ada' } } as const;
  const thief = await api.tenancy.onboardTenant.execute('thief', 'Thief', operator);
  if (thief.outcome !== 'onboarded') throw new Error(thief.outcome);
  const { holes, operations, calls, belongings } = await runAttack({
    url: `http://127.0.0.1:${api.port}`,
    keyA: await api.issue(),
    keyB: thief.secretKey,
    restMs: 10,
  });
  expect(holes).toEqual([]);
  expect(operations).toBeGreaterThan(15);
  expect(belongings).toBeGreaterThan(10);
  process.stderr.write(`A1: ${operations} operations, ${calls} calls with ${belongings} kinds of things\n`);
}, 120_000);

describe('every operation of Ferry is attacked between two units of a tenant', () => {
  async function attack(by: string): Promise<AttackReport> {
    const api = await aKeyedApi();
    const operator = { actor: { kind: 'operator', id: 'ada' } } as const;
    for (const unit of ['north', 'south']) {
      await api.tenancy.addBusinessUnit.execute('shop', unit, unit, operator);
      api.rules.addUnit('shop', unit);
    }
    const [keyA, keyB] = [await api.issue({ businessUnitId: 'north' }), await api.issue({ businessUnitId: by })];
    return runAttack({ url: `http://127.0.0.1:${api.port}`, keyA, keyB, units: true, restMs: 10 });
  }

  test('and tells nothing', async () => {
    const { holes, operations, closed, belongings } = await attack('south');
    expect(holes).toEqual([]);
    expect(operations).toBeGreaterThan(12);
    expect(belongings).toBeGreaterThan(10);
    expect(closed.filter((name) => !name.includes('/admin/')).toSorted()).toEqual([
      'DELETE /api/v1/channels/{channel}',
      'DELETE /api/v1/secrets/{id}',
      'GET /api/v1/audit',
      'GET /api/v1/payments/stats',
      'GET /api/v1/secrets',
      'GET /api/v1/usage',
      'POST /api/v1/business-units',
      'POST /api/v1/channels/{channel}/dry-run',
      'POST /api/v1/secrets',
      'PUT /api/v1/channels/{channel}',
      'PUT /api/v1/config',
    ]);
  }, 120_000);

  test('what a unit may see of itself would be found', async () => {
    const { holes } = await attack('north');
    const expected = ['GET /api/v1/payments/{id} with ', 'GET /api/v1/payments: tells', 'GET /api/v1/keys: tells'];
    expect(holes).toEqual(expect.arrayContaining(expected.map((text) => expect.stringContaining(text))));
  }, 120_000);

  test('keys of the whole tenant prove nothing', async () => {
    const api = await aKeyedApi();
    const [keyA, keyB] = [await api.issue(), await api.issue()];
    const attacking = runAttack({ url: `http://127.0.0.1:${api.port}`, keyA, keyB, units: true });
    await expect(attacking).rejects.toThrow('no business unit');
  });
});
