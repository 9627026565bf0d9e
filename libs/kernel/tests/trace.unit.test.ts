import { expect, test } from '@jest/globals';
import { childTraceparent, isTraceparent, newTraceparent, traceIdOf } from '../src/index.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';

test.each([
  `00-${trace}-${parent}-01`,
  `00-${trace}-${parent}-00`,
  `00-${trace}-${parent}-ff`,
  `01-${trace}-${parent}-01`,
  `cc-${trace}-${parent}-01-what-the-future-brings`,
])('continues %s', (text) => {
  expect(isTraceparent(text)).toBe(true);
  expect(traceIdOf(text)).toBe(trace);
});

test.each([
  undefined,
  '',
  'garbage',
  `ff-${trace}-${parent}-01`,
  `00-${trace.toUpperCase()}-${parent}-01`,
  `00-${'0'.repeat(32)}-${parent}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace}-${parent}-01-more`,
  `00-${trace}-${parent}-01-`,
  `00-${trace}-${parent}-1`,
  `00-${trace}-${parent}`,
  `00-${trace.slice(1)}-${parent}-01`,
  `00-${trace}${parent}-01`,
  ` 00-${trace}-${parent}-01`,
  `00-${trace}-${parent}-01\n`,
  `cc-${trace}-${parent}-01more`,
])('does not continue %p', (text) => {
  expect(isTraceparent(text)).toBe(false);
});

test('a new one is valid, sampled and unlike any other', () => {
  const made = Array.from({ length: 100 }, newTraceparent);
  expect(made.every(isTraceparent)).toBe(true);
  expect(new Set(made.map(traceIdOf)).size).toBe(100);
});

test.each(['00', '01'])('a child stays in its trace, with a parent id of its own and the flags %s', (flags) => {
  const child = childTraceparent(`00-${trace}-${parent}-${flags}`);
  expect(isTraceparent(child)).toBe(true);
  expect(traceIdOf(child)).toBe(trace);
  expect(child).not.toContain(parent);
  expect(child.slice(-3)).toBe(`-${flags}`);
});
