import { expect, test } from '@jest/globals';
import type { ToldEvent } from '../../apps/cli/src/torture/kafka-events.js';
import { faultsOfTold, type PaymentRow } from '../harness/rows.js';

/** The judge of F11 must be able to say no. */
const row = (id: string, version: number): PaymentRow => ({
  id,
  reference: id,
  status: 'SUCCESS',
  version,
  createdAt: new Date(0),
  ms: 1,
});
const told = (paymentId: string, version: number, eventId = `${paymentId}${version}`): ToldEvent => ({
  paymentId,
  eventId,
  type: 'payment.created',
  version,
});

test.each<[string, ToldEvent[], number]>([
  ['all told, in order', [told('a', 1), told('b', 1), told('a', 2)], 0],
  ['a duplicate, also late', [told('a', 1), told('a', 2), told('a', 1), told('b', 1)], 0],
  ['one is missing', [told('a', 2), told('b', 1)], 1],
  ['the last is missing', [told('a', 1), told('b', 1)], 1],
  ['out of order', [told('a', 2), told('a', 1), told('b', 1)], 1],
  ['a version twice, by two events', [told('a', 1), told('a', 1, 'other'), told('a', 2), told('b', 1)], 1],
  ['of a payment that is not there', [told('a', 1), told('a', 2), told('b', 1), told('c', 1)], 1],
  ['nothing', [], 2],
])('%s', (_what, events, faults) => {
  expect(faultsOfTold(events, [row('a', 2), row('b', 1)])).toHaveLength(faults);
});
