import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aMessage, eventually, pause, someMessages } from '@ferry/payments/testing';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { deleteAll, makeQueueOn, privateName, withBroker } from './broker.js';

const url = process.env['TEST_RABBITMQ_URL'] ?? '';
const name = privateName();
const lengthMax = 1_000;

/**
 * RabbitMQ accepts an argument it does not know without a word, and compares only those it knows. So an argument is in
 * force if declaring the queue with another value is refused.
 */
const retry = (step: string, ttl: number): [string, Record<string, unknown>] => [
  `${name}.retry.${step}`,
  { ...common, ...deadLetterTo(name), 'x-message-ttl': ttl },
];
const common = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': lengthMax };
const deadLetterTo = (queue: string): Record<string, unknown> => ({
  'x-dead-letter-exchange': name,
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
});
const queues: [string, Record<string, unknown>][] = [
  [name, { ...common, ...deadLetterTo(`${name}.dead`), 'x-delivery-limit': 20 }],
  [`${name}.dead`, { ...common, 'x-delivery-limit': 2 ** 31 - 1 }],
  retry('1s', 1_000),
  retry('5s', 5_000),
  retry('30s', 30_000),
  retry('2m', 120_000),
  retry('10m', 600_000),
];
const others: Record<string, unknown> = {
  'x-queue-type': 'classic',
  'x-overflow': 'drop-head',
  'x-max-length': 7,
  'x-dead-letter-exchange': 'other',
  'x-dead-letter-routing-key': 'other',
  'x-dead-letter-strategy': 'at-most-once',
  'x-message-ttl': 7,
  'x-delivery-limit': 7,
};

describe('the declared topology', () => {
  let queue: RabbitMqPaymentQueue;

  beforeAll(async () => {
    queue = new RabbitMqPaymentQueue({ url, queueName: name, queueLengthMax: lengthMax });
    await eventually('it is connected', () => queue.state().connected);
  });

  afterAll(async () => {
    await queue.close();
    await withBroker(url, (model) => deleteAll(model, name));
  });

  /** The broker's refusal, or undefined. */
  const declare = (queueName: string, args: Record<string, unknown>): Promise<string | undefined> =>
    withBroker(url, async (model) => {
      const channel = await model.createChannel();
      channel.on('error', () => {});
      return channel.assertQueue(queueName, { durable: true, arguments: args }).then(
        () => undefined,
        (error: Error) => error.message,
      );
    });

  test.each(queues)('%s exists with exactly these arguments', async (queueName, args) => {
    expect(await declare(queueName, args)).toBeUndefined();
  });

  test.each(
    queues.flatMap(([queueName, args]) => Object.keys(args).map((argument): [string, string] => [queueName, argument])),
  )('%s: %s is in force', async (queueName, argument) => {
    const args = { ...queues.find(([other]) => other === queueName)?.[1], [argument]: others[argument] };
    expect(await declare(queueName, args)).toMatch(/PRECONDITION|inequivalent/);
  });
});

describe('the limits in action', () => {
  test('a message that kills its workers goes to the dead letters after 21 deliveries', async () => {
    const { queue, name: queueName, close } = await makeQueueOn(url);
    const message = aMessage();
    await queue.publish([message]);
    let deliveries = 0;
    await withBroker(url, async (model) => {
      const channel = await model.createChannel();
      while ((await queue.count()) === 0) {
        const delivery = await channel.get(queueName);
        if (delivery !== false) {
          deliveries += 1;
          channel.nack(delivery, false, true);
        }
        await pause(5);
      }
    });
    expect(deliveries).toBe(21);
    const letters: unknown[] = [];
    await queue.drain(async (letter) => (letters.push(letter), 'keep'), 10);
    expect(letters).toEqual([{ message, reason: 'broker: delivery_limit', deadAt: expect.any(Date) }]);
    await close();
  });

  test('a queue that exists with other arguments keeps us away, and the state says why', async () => {
    const first = await makeQueueOn(url, { queueLengthMax: 10 });
    const second = new RabbitMqPaymentQueue({ url, queueName: first.name, queueLengthMax: 11 });
    await eventually('it is refused', () => second.state().lastError !== undefined);
    expect(second.state()).toMatchObject({ connected: false, lastError: expect.stringContaining("'x-max-length'") });
    expect(await second.publish([aMessage()])).toEqual([false]);
    await second.close();
    await first.close();
  });

  test('two processes may declare it at the same time', async () => {
    const queueName = privateName();
    const all = [1, 2, 3, 4].map(() => new RabbitMqPaymentQueue({ url, queueName }));
    await eventually('all are connected', () => all.every((queue) => queue.state().connected));
    for (const queue of all) expect(await queue.publish(someMessages(2))).toEqual([true, true]);
    await Promise.all(all.map((queue) => queue.close()));
    await withBroker(url, (model) => deleteAll(model, queueName));
  });
});
