const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(?:Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** An RFC 3339 date-time that exists: JavaScript alone would turn 30 February into 2 March. Leap seconds are refused. */
export function isTime(text: string): boolean {
  const match = rfc3339.exec(text);
  if (!match) return false;
  const [, year, month, day] = match.map(Number) as [number, number, number, number];
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= new Date(Date.UTC(year < 100 ? 2000 + year : year, month, 0)).getUTCDate()
  );
}

/** The instant of a text for which `isTime` holds, to the millisecond. */
export const timeOf = (text: string): Date => new Date(text.toUpperCase());
