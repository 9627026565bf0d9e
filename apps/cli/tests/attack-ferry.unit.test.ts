import { afterEach, expect, test } from '@jest/globals';
import { aKeyedApi } from '../../api/tests/a-keyed-api.js';
import { closeApis } from '../../api/tests/an-api.js';
import { runAttack } from '../src/attack/run-attack.js';

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
