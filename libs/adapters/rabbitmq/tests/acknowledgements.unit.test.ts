import { describe, expect, test } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import fc from 'fast-check';
import { Acknowledgements } from '../src/acknowledgements.js';

const delivery = (deliveryTag: number): ConsumeMessage => ({ fields: { deliveryTag } }) as ConsumeMessage;

/** A channel that does what RabbitMQ does, protests included. */
class FakeChannel {
  frames = 0;
  readonly acked = new Set<number>();
  readonly outstanding: Set<number>;

  constructor(tags: readonly number[]) {
    this.outstanding = new Set(tags);
  }

  ack({ fields: { deliveryTag } }: Pick<ConsumeMessage, 'fields'>, multiple = false): void {
    this.frames += 1;
    if (!this.outstanding.has(deliveryTag)) throw new Error(`406 unknown delivery tag ${deliveryTag}`);
    for (const tag of this.outstanding)
      if (tag === deliveryTag || (multiple && tag < deliveryTag)) {
        this.outstanding.delete(tag);
        this.acked.add(tag);
      }
  }
}

function settleAll(tags: readonly number[], groups: readonly (readonly number[])[]): FakeChannel {
  const channel = new FakeChannel(tags);
  const acknowledgements = new Acknowledgements(channel as never);
  for (const tag of tags) acknowledgements.delivered(delivery(tag));
  for (const group of groups) acknowledgements.settle(group.map(delivery));
  return channel;
}

describe('acknowledgements', () => {
  test('one frame for a whole batch', () => {
    expect(settleAll([1, 2, 3, 4], [[1, 2, 3, 4]]).frames).toBe(1);
  });

  test('do not reach over one that is open', () => {
    const channel = settleAll([1, 2, 3, 4, 5], [[1, 2, 4, 5]]);
    expect([...channel.acked]).toEqual([1, 2, 4, 5]);
    expect([...channel.outstanding]).toEqual([3]);
    expect(channel.frames).toBe(3);
  });

  test('reach on when the open one is settled', () => {
    expect(settleAll([1, 2, 3], [[2], [1, 3]]).outstanding.size).toBe(0);
  });

  test('are exactly what was settled, in whatever order and groups', () => {
    const order = fc.integer({ min: 1, max: 30 }).chain((count) =>
      fc
        .shuffledSubarray(
          Array.from({ length: count }, (_, i) => i + 1),
          { minLength: 0 },
        )
        .map((order) => ({ count, order })),
    );
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 7 }), ({ count, order }, size) => {
        const groups = Array.from({ length: Math.ceil(order.length / size) }, (_, i) =>
          order.slice(i * size, (i + 1) * size),
        );
        const tags = Array.from({ length: count }, (_, i) => i + 1);
        expect([...settleAll(tags, groups).acked].sort((a, b) => a - b)).toEqual([...order].sort((a, b) => a - b));
      }),
    );
  });
});
