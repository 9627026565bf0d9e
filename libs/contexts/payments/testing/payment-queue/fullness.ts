import { expect, test } from '@jest/globals';
import type { PaymentMessage } from '../../src/ports/payment-queue.js';
import { eventually } from '../eventually.js';
import { aMessage, byId, RecordingHandler, someMessages, withQueue, type MakeQueue } from '../queue-under-test.js';

export function fullness(makeQueue: MakeQueue): void {
  test('answers false when it is full, and has what it answered true for', () =>
    withQueue(
      makeQueue,
      async ({ queue, consume }) => {
        const taken: PaymentMessage[] = [];
        let refused = 0;
        for (let round = 0; round < 20; round += 1) {
          const messages = someMessages(3);
          const answers = await queue.publish(messages);
          taken.push(...messages.filter((_, i) => answers[i]));
          refused += answers.filter((answer) => !answer).length;
        }
        expect(refused).toBeGreaterThan(0);
        expect(taken.length).toBeGreaterThanOrEqual(5);
        const handler = new RecordingHandler();
        await consume(handler.handle);
        await eventually('all that was taken is handled', () => handler.messages.length >= taken.length);
        expect(byId(handler.messages)).toEqual(byId(taken));
        await eventually('there is room again', async () => (await queue.publish([aMessage()]))[0] === true);
      },
      { capacity: 5 },
    ));
}
