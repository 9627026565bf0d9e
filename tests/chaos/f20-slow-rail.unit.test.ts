import { expect, test } from '@jest/globals';
import { InProcessPaymentQueue } from '@ferry/in-process';
import { oneSlowAmongMany } from '../harness/slow-rail.js';

test('F20: a payment whose rail does not answer delays no other, in process', async () => {
  const queue = new InProcessPaymentQueue();
  await oneSlowAmongMany(queue);
  queue.close();
  expect(await queue.depth()).toBe(0);
});
