import { describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import fc from 'fast-check';
import { IllegalTransition, Payment, type Change, type PaymentState } from '../src/domain/payment.js';
import { paymentEventTypes } from '../src/domain/payment-event.js';
import { canBecome, isTerminal, paymentStatuses, transitions } from '../src/domain/payment-status.js';
import { aChange, anInstruction, anOccasion, aPayment, idAt, later, moneyOf } from '../testing/builders.js';

const start = new Date('2026-03-29T00:30:00.000Z');
const distant = later(start, 1e12);

type Command = (payment: Payment, now: Date, ms: number) => Change;
const commands: Readonly<Record<string, Command>> = {
  takeUp: (payment, now, ms) => payment.takeUp(anOccasion(now), later(now, ms)),
  succeed: (payment, now) => payment.succeed(anOccasion(now), `provider-${payment.id}`),
  fail: (payment, now) => payment.fail(anOccasion(now), 'declined'),
  cancel: (payment, now) => payment.cancel(anOccasion(now)),
  postpone: (payment, now, ms) => payment.postpone(now, later(now, ms), ms % 2 ? 'unknown' : undefined),
  countAttempt: (payment, now) => ({ payment: payment.countAttempt(now), from: payment.state.status, events: [] }),
  park: (payment, now) => payment.park(now, 'poison'),
  replay: (payment, now) => payment.replay(now),
};
const goal: Readonly<Record<string, PaymentState['status']>> = {
  takeUp: 'PROCESSING',
  succeed: 'SUCCESS',
  fail: 'FAILED',
  cancel: 'CANCELLED',
};

describe('the life of a payment', () => {
  test('whatever is asked of it in whatever order, it never leaves the table', () => {
    const steps = fc.array(
      fc.record({
        name: fc.constantFrom(...Object.keys(commands)),
        // Time may also go back: clocks are set.
        passes: fc.integer({ min: -3_600_000, max: 3_600_000 }),
        ms: fc.nat(60_000),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(steps, (script) => {
        const created = aChange({ now: start });
        let { payment } = created;
        const events = [...created.events];
        let now = start;
        for (const { name, passes, ms } of script) {
          now = later(now, passes);
          const before = payment.state;
          const frozen = structuredClone(before);
          const target = goal[name] === before.status && name === 'takeUp' ? undefined : goal[name];
          const allowed = target ? canBecome(before.status, target) : !isTerminal(before.status);
          const command = commands[name] as Command;
          if (!allowed) {
            expect(() => command(payment, now, ms)).toThrow(IllegalTransition);
            continue;
          }
          const change = command(payment, now, ms);
          expect(before).toEqual(frozen);
          expect(change.from).toBe(before.status);
          payment = change.payment;
          events.push(...change.events);
          const { state } = payment;
          expect(state.status).toBe(target ?? before.status);
          expect(change.events).toHaveLength(target ? 1 : 0);
          expect(state.version).toBe(events.length);
          expect(state.updatedAt).toEqual(now);
          expect(Payment.restore(state).state).toEqual(state);
          if (payment.isTerminal) {
            expect(payment.isDue(distant)).toBe(false);
            expect(state).toMatchObject({ nextAttemptAt: undefined, leaseUntil: undefined, attention: undefined });
          }
          if (name === 'park') expect(payment.isDue(distant)).toBe(false);
          if (name === 'takeUp' && ms > 0) expect(payment.isDue(now)).toBe(false);
          if (name === 'takeUp') expect(payment.isDue(later(now, ms))).toBe(true);
        }
        expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
        for (const event of events) expect(event.type).toBe(paymentEventTypes[event.payment.status]);
      }),
      { numRuns: 300 },
    );
  });

  test('the table ends everywhere, and only PROCESSING has no way back to the client', () => {
    expect(paymentStatuses.filter(isTerminal)).toEqual(['SUCCESS', 'FAILED', 'CANCELLED']);
    expect(transitions.PROCESSING).toEqual(['SUCCESS', 'FAILED']);
    for (const status of paymentStatuses) expect(canBecome(status, status)).toBe(false);
    for (const status of paymentStatuses) expect(canBecome(status, 'PENDING')).toBe(false);
  });
});

describe('a new payment', () => {
  test('is PENDING, due, version 1, and told', () => {
    const { payment, events, from } = aChange({ now: start });
    expect(from).toBeUndefined();
    expect(payment.isDue(start)).toBe(true);
    expect(payment.state).toMatchObject({
      status: 'PENDING',
      attempts: 0,
      version: 1,
      createdAt: start,
      updatedAt: start,
    });
    expect(events).toEqual([expect.objectContaining({ type: 'payment.created', version: 1, payment: payment.state })]);
  });

  test('is due although the clock that looks at it is behind the one that made it', () => {
    expect(aPayment({ now: start }).isDue(later(start, -3_600_000))).toBe(true);
  });

  test('is as old as its id says', () => {
    expect(aPayment({ id: idAt(start), now: later(start, 5) }).state.createdAt).toEqual(start);
  });

  test('has a positive amount and a reference', () => {
    const { currency } = moneyOf('1', 'EUR');
    const create = (given: object): Change => Payment.create({ ...anInstruction(), ...given }, newId(), anOccasion());
    expect(() => create({ money: { amountMinor: 0n, currency } })).toThrow('rule broken');
    expect(() => create({ money: { amountMinor: -1n, currency } })).toThrow('rule broken');
    expect(() => create({ reference: '' })).toThrow('rule broken');
  });
});

describe('restore refuses what cannot be', () => {
  const { state } = aPayment({ now: start });
  test.each<[string, Partial<PaymentState>]>([
    ['no amount', { money: { ...state.money, amountMinor: 0n } }],
    ['no version', { version: 0 }],
    ['ended, but something is due', { status: 'SUCCESS' }],
    ['ended, but leased', { status: 'FAILED', nextAttemptAt: undefined, leaseUntil: start }],
  ])('%s', (_, broken) => {
    expect(() => Payment.restore({ ...state, ...broken })).toThrow('rule broken');
  });
});

describe('isDue', () => {
  const pending = aPayment({ now: start });
  const leased = pending.takeUp(anOccasion(start), later(start, 1_000)).payment;
  const postponed = leased.postpone(later(start, 500), later(start, 2_000)).payment;
  test.each<[string, Payment, number, boolean]>([
    ['leased', leased, 999, false],
    ['leased', leased, 1_000, true],
    ['leased, and the clock goes back', leased, -3_600_000, false],
    ['leased, then replayed', leased.replay(later(start, 10)).payment, 999, false],
    ['leased, then replayed', leased.replay(later(start, 10)).payment, 1_000, true],
    ['postponed', postponed, 1_999, false],
    ['postponed', postponed, 2_000, true],
    ['parked', postponed.park(start, 'poison').payment, 1e12, false],
    ['parked, then replayed', postponed.park(start, 'poison').payment.replay(later(start, 9)).payment, 9, true],
  ])('%s, after %3$i ms', (_, payment, ms, due) => {
    expect(payment.isDue(later(start, ms))).toBe(due);
  });
});

test('attempts count from the creation or the last replay', () => {
  let payment = aPayment({ now: start });
  for (let i = 0; i < 3; i += 1) payment = payment.takeUp(anOccasion(start), start).payment;
  expect(payment.countAttempt(start).state.attempts).toBe(4);
  expect(payment.replay(start).payment.state).toMatchObject({
    attempts: 0,
    attention: undefined,
    status: 'PROCESSING',
  });
});

test('a settlement without a provider’s reference keeps the one that is known', () => {
  const { payment } = aChange();
  const known = Payment.restore({ ...payment.state, providerReference: 'mtn-1' });
  expect(known.succeed(anOccasion()).payment.state.providerReference).toBe('mtn-1');
  expect(known.succeed(anOccasion(), 'mtn-2').payment.state.providerReference).toBe('mtn-2');
  expect(known.fail(anOccasion(), 'declined').payment.state.providerReference).toBe('mtn-1');
});
