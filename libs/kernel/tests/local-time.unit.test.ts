import { describe, expect, test } from '@jest/globals';
import { instantOf, isTimeZone, parseRfc3339, type WallTime } from '@ferry/kernel';

const local = (text: string): WallTime => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = text.split(/\D/).map(Number);
  return { year, month, day, hour, minute, second, ms };
};

describe('the instant of a local time', () => {
  test.each([
    ['2026-02-28 09:00:00', 'Africa/Douala', '2026-02-28T08:00:00.000Z'],
    ['2026-07-01 12:00:00.250', 'Europe/Paris', '2026-07-01T10:00:00.250Z'],
    ['2026-01-01 00:00:00', 'UTC', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01 00:00:00', '+05:30', '2025-12-31T18:30:00.000Z'],
    ['2026-01-01 00:00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['1999-12-31 23:59:59.999', 'America/Los_Angeles', '2000-01-01T07:59:59.999Z'],
    // The hour that is there twice: the first one.
    ['2026-10-25 02:30:00', 'Europe/Paris', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00:00', 'Europe/Paris', '2026-10-25T02:00:00.000Z'],
    ['2026-11-01 01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    // The hour that is not there: as if it were.
    ['2026-03-29 02:30:00', 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29 01:59:59', 'Europe/Paris', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29 03:00:00', 'Europe/Paris', '2026-03-29T01:00:00.000Z'],
    // A day that Samoa left out.
    ['2011-12-30 12:00:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
  ])('%s in %s', (text, zone, instant) => {
    expect(instantOf(local(text), zone)?.toISOString()).toBe(instant);
  });

  test.each([
    '2026-02-29 00:00:00',
    '2026-13-01 00:00:00',
    '2026-01-00 00:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 00:60:00',
    '2026-01-01 00:00:60',
  ])('%s is never shown', (text) => {
    expect(instantOf(local(text), 'UTC')).toBeUndefined();
  });

  test.each([
    ['Africa/Douala', true],
    ['+01:00', true],
    ['UTC', true],
    ['Mars/Olympus', false],
    ['', false],
  ])('%s is a zone: %s', (zone, is) => {
    expect(isTimeZone(zone)).toBe(is);
  });
});

test.each([
  ['2026-02-28T09:00:00Z', '2026-02-28T09:00:00.000Z'],
  ['2026-02-28t09:00:00.1234567+01:00', '2026-02-28T08:00:00.123Z'],
  ['2026-02-29T09:00:00Z', undefined],
  ['2026-02-28 09:00:00Z', undefined],
  ['2026-02-28T09:00:00', undefined],
  ['2026-02-28T09:00:60Z', undefined],
])('%s by RFC 3339: %s', (text, instant) => {
  expect(parseRfc3339(text)?.toISOString()).toBe(instant);
});
