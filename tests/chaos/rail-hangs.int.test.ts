import { expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { say } from '../harness/cluster.js';
import { uniqueName } from '../harness/engine.js';
import { oneRailHangs, PREFETCH } from '../harness/hanging-rail.js';
import { addressOf, describeWith } from '../harness/services.js';

describeWith(['rabbitmq'], 'a rail that hangs, on RabbitMQ', () => {
  test('delays no payment of another rail', async () => {
    const queue = new RabbitMqPaymentQueue({
      url: addressOf('rabbitmq') as string,
      queueName: uniqueName('rail-hangs'),
    });
    await eventually('the queue is connected', () => queue.state().connected);
    const { othersMs, callsMax, attempts } = await oneRailHangs(queue, PREFETCH / 2);
    await queue.close();
    say(
      'rail hangs',
      `${10 * PREFETCH} payments of it, prefetch ${PREFETCH}, at most ${callsMax} calls in flight; ` +
        `40 payments of another rail ended after ${Math.round(othersMs)} ms`,
    );
    expect(callsMax).toBe(PREFETCH / 2 - 2); // a tenth is kept for other tenants
    expect(attempts).toBe(1);
  });
});
