import { expect, test } from '@jest/globals';
import { InProcessPaymentQueue } from '@ferry/in-process';
import { oneSlowAmongMany, SLOW_RAIL_TIMEOUT_MS } from '../harness/slow-rail.js';

test('F20: a payment whose rail does not answer delays no other, in process', async () => {
  const queue = new InProcessPaymentQueue();
  const { othersMs, slowMs } = await oneSlowAmongMany(queue);
  queue.close();
  expect(othersMs).toBeLessThan(SLOW_RAIL_TIMEOUT_MS / 2);
  expect(slowMs).toBeGreaterThanOrEqual(SLOW_RAIL_TIMEOUT_MS);
  expect(await queue.depth()).toBe(0);
});
