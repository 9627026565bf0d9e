import { expect, test } from '@jest/globals';
import { partitionSpaceUsed } from '../src/partition-space-used.js';

const madeUntil = new Date('2026-06-01T00:00:00Z');
const at = (time: string, gigabytes?: number) =>
  partitionSpaceUsed({ bytes: 4.5e9, madeUntil }, new Date(time), gigabytes);

test('nothing is used while three months are ahead', () => {
  expect(at('2026-02-28T00:00:00Z')).toEqual({ months: 0 });
});

test('four fifths are used when eighteen days are left, and all when none is', () => {
  expect(at('2026-05-14T00:00:00Z').months).toBeCloseTo(0.8, 1);
  expect(at('2026-05-12T00:00:00Z').months).toBeLessThan(0.8);
  expect(at('2026-05-15T00:00:00Z').months).toBeGreaterThan(0.8);
  expect(at('2026-07-01T00:00:00Z').months).toBe(1);
  expect(partitionSpaceUsed({ bytes: 0, madeUntil: undefined }, madeUntil, undefined)).toEqual({ months: 1 });
});

test('the disk is told of only when its size is', () => {
  expect(at('2026-02-28T00:00:00Z', 5)).toEqual({ months: 0, disk: 0.9 });
});
