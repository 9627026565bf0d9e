import { expect, test } from '@jest/globals';
import { InProcessPaymentQueue } from '@ferry/in-process';
import { oneRailHangs, PREFETCH } from '../harness/hanging-rail.js';

test('a rail that hangs with ten times the prefetch delays no payment of another rail', async () => {
  const queue = new InProcessPaymentQueue();
  const { callsMax, attempts } = await oneRailHangs(queue, PREFETCH / 2);
  queue.close();
  expect(callsMax).toBe(PREFETCH / 2 - 2); // a tenth is kept for other tenants
  expect(attempts).toBe(1); // put back is not tried
});

test('without a bound below the prefetch it would', async () => {
  const queue = new InProcessPaymentQueue();
  await expect(oneRailHangs(queue, 2 * PREFETCH, 3_000)).rejects.toThrow('the payments of the other rail have ended');
  queue.close();
});
