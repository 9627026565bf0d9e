import { expect, test } from '@jest/globals';
import { isFigures } from '../src/attack/survey.js';

test.each([
  [{ staging: { processed_today: 1 }, webhooks: { received_today: 2, duplicate_rate: 0.5 } }, true],
  [[1, 2], true],
  [{ staging: { processed_today: 1 }, name: 'shop' }, false],
  [{ amount: 1, id: 'a' }, false],
  [{ data: [] }, false],
  [{}, false],
  [null, false],
])('%j is nothing but figures: %s', (value, expected) => expect(isFigures(value)).toBe(expected));
