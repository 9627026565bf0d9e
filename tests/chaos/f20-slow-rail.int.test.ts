import { expect, test } from '@jest/globals';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { eventually } from '@ferry/payments/testing';
import { uniqueName } from '../harness/engine.js';
import { oneSlowAmongMany, SLOW_RAIL_TIMEOUT_MS } from '../harness/slow-rail.js';

const url = process.env.TEST_RABBITMQ_URL;

(url ? test : test.skip)('F20: a payment whose rail does not answer delays no other, on RabbitMQ', async () => {
  const queue = new RabbitMqPaymentQueue({ url: url as string, queueName: uniqueName('f20-slow') });
  await eventually('the queue is connected', () => queue.state().connected);
  const { othersMs, slowMs } = await oneSlowAmongMany(queue);
  const left = await queue.depth();
  await queue.close();
  expect(othersMs).toBeLessThan(SLOW_RAIL_TIMEOUT_MS / 2);
  expect(slowMs).toBeGreaterThanOrEqual(SLOW_RAIL_TIMEOUT_MS);
  expect(left).toBe(0);
  process.stderr.write(
    `F20: one of 200 timed out after ${Math.round(slowMs)} ms, the others took ${Math.round(othersMs)} ms\n`,
  );
});
