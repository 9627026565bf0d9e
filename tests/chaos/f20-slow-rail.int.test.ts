import { expect, test } from '@jest/globals';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { depthOf, eventually } from '@ferry/payments/testing';
import { say } from '../harness/cluster.js';
import { uniqueName } from '../harness/engine.js';
import { oneSlowAmongMany } from '../harness/slow-rail.js';

const url = process.env.TEST_RABBITMQ_URL;

(url ? test : test.skip)('F20: a payment whose rail does not answer delays no other, on RabbitMQ', async () => {
  const queue = new RabbitMqPaymentQueue({ url: url as string, queueName: uniqueName('f20-slow') });
  await eventually('the queue is connected', () => queue.state().connected);
  const { othersMs } = await oneSlowAmongMany(queue);
  const left = await depthOf(queue);
  await queue.close();
  expect(left).toBe(0);
  say('F20', `199 payments ended within ${Math.round(othersMs)} ms while the rail kept one without an answer`);
});
