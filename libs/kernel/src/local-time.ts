import { isDate } from './rfc3339.js';

/** What a clock on a wall shows; the month of January is 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

const DAY_MS = 86_400_000;
/** More zones than there are in use; making a formatter takes 50 µs, asking it 1 µs. */
const ZONES_MAX = 200;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** An IANA name (`Africa/Douala`) or an offset (`+01:00`). */
export function isTimeZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The instant at which clocks of this zone show this; undefined if no clock ever shows it (30 February, 25 o'clock). What is shown twice in
 * autumn is the first of the two, what is left out in spring is as late as if it had not been: so do RFC 5545 and Temporal.
 */
export function instantOf(local: WallTime, zone: string): Date | undefined {
  if (!isDate(local.year, local.month, local.day)) return undefined;
  if (local.hour > 23 || local.minute > 59 || local.second > 59) return undefined;
  const shown = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second, local.ms);
  const [before, after] = [offsetAt(shown - DAY_MS, zone), offsetAt(shown + DAY_MS, zone)];
  const fits = [shown - before, shown - after].filter((at) => at + offsetAt(at, zone) === shown);
  return new Date(fits.length > 0 ? Math.min(...fits) : shown - before);
}

/** How far clocks of the zone are ahead of UTC at an instant. */
function offsetAt(at: number, zone: string): number {
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const [date, time] = [
    { year: 'numeric', month: 'numeric', day: 'numeric' },
    { hour: 'numeric', minute: 'numeric', second: 'numeric' },
  ] as const;
  const made = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    ...date,
    ...time,
  });
  if (formatters.size >= ZONES_MAX) formatters.clear();
  formatters.set(zone, made);
  return made;
}
