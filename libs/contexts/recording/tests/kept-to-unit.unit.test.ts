import { expect, test } from '@jest/globals';
import type { ReceivedPayment, RecordedPayment } from '@ferry/recording';
import { keptToUnit } from '../src/use-cases/kept-to-unit.js';

const units: Readonly<Record<string, string>> = { p1: 'north', p2: 'south' };
const asked: (readonly string[])[] = [];
const payments = {
  find: (_tenantId: string, ids: readonly string[]) => {
    asked.push(ids);
    return Promise.resolve(ids.map((id) => ({ id, businessUnitId: units[id] }) as RecordedPayment));
  },
};
const received: readonly ReceivedPayment[] = [
  { status: 'duplicate', referenceNumber: 'A', paymentId: 'p1' },
  { status: 'duplicate', referenceNumber: 'B', paymentId: 'p2' },
  { status: 'created', referenceNumber: 'C', paymentId: 'p3' },
  { status: 'rejected', faults: [] },
];

test('a caller of a unit is not told which payment of another unit holds a reference number', async () => {
  expect(await keptToUnit(payments, 'shop', 'north', received)).toEqual([
    received[0],
    { status: 'duplicate', referenceNumber: 'B' },
    received[2],
    received[3],
  ]);
  expect(asked.splice(0)).toEqual([['p1', 'p2']]);
});

test('a caller of the whole tenant is, and nothing is looked up for that', async () => {
  expect(await keptToUnit(payments, 'shop', undefined, received)).toBe(received);
  expect(await keptToUnit(payments, 'shop', 'north', received.slice(2))).toEqual(received.slice(2));
  expect(asked).toEqual([]);
});
