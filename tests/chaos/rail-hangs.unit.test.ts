import { expect, test } from '@jest/globals';
import { InProcessPaymentQueue } from '@ferry/in-process';
import { HANGING_RAIL_TIMEOUT_MS, oneRailHangs, PREFETCH } from '../harness/hanging-rail.js';

test('a rail that hangs with ten times the prefetch delays no payment of another rail', async () => {
  const queue = new InProcessPaymentQueue();
  const { othersMs, callsMax, attempts } = await oneRailHangs(queue, PREFETCH / 2);
  queue.close();
  expect(othersMs).toBeLessThan(HANGING_RAIL_TIMEOUT_MS / 2);
  expect(callsMax).toBe(PREFETCH / 2 - 2); // a tenth is kept for other tenants
  expect(attempts).toBe(1); // put back is not tried
});

test('without a bound below the prefetch it would', async () => {
  const queue = new InProcessPaymentQueue();
  await expect(oneRailHangs(queue, 2 * PREFETCH)).rejects.toThrow('the payments of the other rail have ended');
  queue.close();
});
