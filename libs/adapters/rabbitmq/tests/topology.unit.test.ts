import { expect, test } from '@jest/globals';
import { retryQueue } from '../src/topology.js';

test.each([
  [0, '1s'],
  [1, '1s'],
  [1_000, '1s'],
  [1_001, '5s'],
  [5_000, '5s'],
  [29_999, '30s'],
  [60_000, '2m'],
  [120_001, '10m'],
  [600_000, '10m'],
  [86_400_000, '10m'],
])('a delay of %i ms waits in the %s queue', (delayMs, step) => {
  expect(retryQueue({ name: 'q', lengthMax: 1 }, delayMs)).toBe(`q.retry.${step}`);
});
