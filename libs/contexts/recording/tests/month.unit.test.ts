import { describe, expect, test } from '@jest/globals';
import { isMonth, isOver, monthOf, monthsBetween, plusMonths, startOfMonth, type Month } from '@ferry/recording';

describe('a month', () => {
  test.each<[string, Month]>([
    ['2026-01-31T23:59:59.999Z', '2026-01'],
    ['2026-02-01T00:00:00.000Z', '2026-02'],
    ['2026-02-01T00:30:00+01:00', '2026-01'],
    ['2028-02-29T12:00:00Z', '2028-02'],
  ])('of %s is %s', (time, month) => {
    expect(monthOf(new Date(time))).toBe(month);
  });

  test.each<[Month, number, Month]>([
    ['2026-01', 1, '2026-02'],
    ['2026-12', 1, '2027-01'],
    ['2026-01', -1, '2025-12'],
    ['2026-03', -25, '2024-02'],
    ['2026-03', 0, '2026-03'],
  ])('%s and %d months are %s', (month, count, sum) => {
    expect(plusMonths(month, count)).toBe(sum);
  });

  test('begins at midnight of its first day in UTC', () => {
    expect(startOfMonth('2026-03')).toEqual(new Date('2026-03-01T00:00:00.000Z'));
  });

  test('months between two are all of them, or none', () => {
    expect(monthsBetween('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(monthsBetween('2026-02', '2026-01')).toEqual([]);
  });

  test.each<[Month, number, string, boolean]>([
    ['2025-11', 12, '2026-11-30T23:59:59.999Z', false],
    ['2025-11', 12, '2026-12-01T00:00:00.000Z', true],
    ['2024-02', 12, '2025-03-01T00:00:00.000Z', true],
    ['2024-02', 12, '2025-02-28T23:59:59.999Z', false],
  ])('%s after %d months is over at %s: %s', (month, retention, now, expected) => {
    expect(isOver(month, retention, new Date(now))).toBe(expected);
  });

  test.each(['2026-13', '2026-00', '2026-1', '1826-01', '2026-01-01', '', 'x2026-01'])('%j is none', (text) => {
    expect(isMonth(text)).toBe(false);
  });
});
