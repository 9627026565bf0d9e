import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { firstIdAt, isUuid, isUuidV7, newId, timeOfId } from '../src/index.js';

const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

test('an id says when it was made', () => {
  const from = Date.now();
  const made = timeOfId(newId()).getTime();
  expect(made).toBeGreaterThanOrEqual(from);
  expect(made).toBeLessThanOrEqual(Date.now());
});

test('ids of one process rise strictly, also within a millisecond', () => {
  const ids = Array.from({ length: 20_000 }, () => newId());
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.every(isUuidV7)).toBe(true);
});

test('ids go on rising and stay unique when the clock is set back an hour, and then go on with it', () => {
  const now = Date.now() + 1;
  const before = newId(new Date(now));
  const after = Array.from({ length: 5_000 }, (_, i) => newId(new Date(now - 3_600_000 + i)));
  const later = newId(new Date(now + 1));
  const ids = [before, ...after, later];
  expect(ids).toEqual([...new Set(ids)].sort());
  expect([before, later].map((id) => timeOfId(id).getTime())).toEqual([now, now + 1]);
});

test('whatever the clock does, ids rise and are never older than their instant', () => {
  const steps = fc.array(fc.integer({ min: -3_600_000, max: 3_600_000 }), { maxLength: 50 });
  fc.assert(
    fc.property(steps, (jumps) => {
      let time = Date.now();
      let last = newId();
      for (const jump of jumps) {
        time += jump;
        const next = newId(new Date(time));
        expect(next > last).toBe(true);
        expect(timeOfId(next).getTime()).toBeGreaterThanOrEqual(time);
        last = next;
      }
    }),
  );
});

test('firstIdAt and timeOfId are inverse, and the first id of an instant is its smallest', () => {
  fc.assert(
    fc.property(instant, (time) => {
      const first = firstIdAt(time);
      expect(timeOfId(first)).toEqual(time);
      expect(isUuidV7(first)).toBe(true);
      expect(first < `${first.slice(0, 15)}000-8000-000000000001`).toBe(true);
      if (time.getTime() > 0) expect(firstIdAt(new Date(time.getTime() - 1)) < first).toBe(true);
    }),
  );
});

test('ids sort as their times do', () => {
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      expect(Math.sign(a.getTime() - b.getTime())).toBe(
        firstIdAt(a) < firstIdAt(b) ? -1 : firstIdAt(a) > firstIdAt(b) ? 1 : 0,
      );
    }),
  );
});

test('an instant before 1970 has the bound of 1970', () => {
  expect(firstIdAt(new Date(-1))).toBe('00000000-0000-7000-8000-000000000000');
});

test.each([
  ['0192f6c0-0000-7000-8000-000000000000', true, true],
  ['f47ac10b-58cc-4372-a567-0e02b2c3d479', true, false],
  ['0192F6C0-0000-7000-8000-000000000000', false, false],
  ['0192f6c0-0000-7000-8000-00000000000', false, false],
  ['0192f6c0-0000-7000-8000-0000000000000', false, false],
  ['0192f6c000007000800000000000000', false, false],
  ['{0192f6c0-0000-7000-8000-000000000000}', false, false],
  ['0192f6c0-0000-7000-8000-000000000000\n', false, false],
  ["' or 1=1 --", false, false],
  ['', false, false],
])('%j: uuid %p, version 7 %p', (text, uuid, v7) => {
  expect([isUuid(text), isUuidV7(text)]).toEqual([uuid, v7]);
});
