const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(?:Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/**
 * The instant of an RFC 3339 date-time, to the millisecond; undefined for one that does not exist: JavaScript alone would turn 30 February
 * into 2 March. Leap seconds are refused.
 */
export function parseRfc3339(text: string): Date | undefined {
  const match = rfc3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day] = match.map(Number) as [number, number, number, number];
  return isDate(year, month, day) ? new Date(text.toUpperCase()) : undefined;
}

/** Whether the calendar has this day. */
export const isDate = (year: number, month: number, day: number): boolean =>
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= new Date(Date.UTC(year < 100 ? 2000 + year : year, month, 0)).getUTCDate();
