import { describe, expect, test } from '@jest/globals';
import type { PaymentState } from '../src/domain/payment.js';
import type { Rail, RailAnswer } from '../src/ports/rail.js';

export interface RailUnderTest {
  readonly rail: Rail;
  /** A payment that this rail answers definitely. */
  readonly payment: () => PaymentState;
}

const somePayments = (payment: () => PaymentState, count = 20): PaymentState[] =>
  Array.from({ length: count }, payment);
const isEnding = ({ outcome }: RailAnswer): boolean => outcome === 'succeeded' || outcome === 'failed';

/** What every Rail promises, however it executes. */
export function railContract(name: string, make: () => RailUnderTest): void {
  describe(`${name} is a Rail`, () => {
    const never = new AbortController().signal;
    const send = (rail: Rail, payments: readonly PaymentState[]): Promise<RailAnswer[]> =>
      Promise.all(rail.send(payments, never));
    const ask = (rail: Rail, payments: readonly PaymentState[]): Promise<RailAnswer[]> =>
      Promise.all(rail.ask(payments, never));

    test('one promise for each payment, in order, none for none', async () => {
      const { rail, payment } = make();
      expect(rail.send([], never)).toEqual([]);
      expect(rail.ask([], never)).toEqual([]);
      const payments = somePayments(payment);
      const together = await send(rail, payments);
      expect(together).toHaveLength(payments.length);
      for (const [i, one] of payments.entries()) expect(await send(rail, [one])).toEqual([together[i]]);
    });

    test('sending twice, also at once, has the effect of sending once', async () => {
      const { rail, payment } = make();
      const payments = somePayments(payment);
      const [first, second] = await Promise.all([send(rail, payments), send(rail, payments)]);
      expect(first.every(isEnding)).toBe(true);
      expect(second).toEqual(first);
    });

    test('asking agrees with what was answered when it was sent', async () => {
      const { rail, payment } = make();
      const payments = somePayments(payment);
      const sent = await send(rail, payments);
      expect((await ask(rail, payments)).map(({ outcome }) => outcome)).toEqual(sent.map(({ outcome }) => outcome));
    });

    test('asked for before it was sent, it is absent or unknown, or has the ending that sending gives', async () => {
      const { rail, payment } = make();
      const payments = somePayments(payment);
      const asked = await ask(rail, payments);
      const sent = await send(rail, payments);
      const wrong = asked.filter((answer, i) => isEnding(answer) && answer.outcome !== sent[i]?.outcome);
      expect(wrong).toEqual([]);
    });

    test('settled at once, it is settled alike each time', () => {
      const { rail, payment } = make();
      for (const one of somePayments(payment)) expect(rail.decideAtOnce?.(one)).toEqual(rail.decideAtOnce?.(one));
    });
  });
}
