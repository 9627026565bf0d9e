import { describe, expect, test } from '@jest/globals';
import { latencies, median, percentile, rounded, slope } from '../statistics.mjs';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

  test.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('%d of 1 to 100 is %d', (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected);
  });

  test('is always a value that was measured', () => {
    expect(percentile([3, 1000], 0.5)).toBe(3);
    expect(percentile([3, 1000], 0.51)).toBe(1000);
    expect(percentile([7], 0.99)).toBe(7);
  });

  test('of nothing is 0', () => expect(percentile([], 0.99)).toBe(0));
});

test('latencies sorts as numbers, not as text', () => {
  expect(latencies([100, 9, 20])).toEqual({ p50: 20, p95: 100, p99: 100, max: 100 });
});

test.each([
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

describe('slope', () => {
  test('of points on a line is the line’s', () => {
    const points = [0, 1, 2, 5].map((x) => [x, 40 + 3 * x] as const);
    expect(slope(points)).toBeCloseTo(3, 10);
  });

  test('is the least-squares one, so that a single peak in the middle tilts nothing', () => {
    expect(slope([0, 1, 2, 3, 4].map((x) => [x, x === 2 ? 90 : 10] as const))).toBeCloseTo(0, 10);
  });

  test('of what falls is negative', () => {
    expect(
      slope([
        [0, 2],
        [0.5, 1],
      ]),
    ).toBeCloseTo(-2, 10);
  });
});

test.each([
  [1234.56, 1235],
  [12.3456, 12.3],
  [0.0123456, 0.0123],
  [-250.4, -250],
])('%d is told as %d', (value, expected) => {
  expect(rounded(value)).toBe(expected);
});
