import { Digits, instantOf, isTimeZone, parseRfc3339 } from '@ferry/kernel';

/** `rfc3339`, `epoch-seconds`, `epoch-milliseconds`, or a pattern like `yyyy-MM-dd HH:mm:ss`, which shows the time of some zone. */
export type TimeFormat = string;

/** Of a pattern, each once at most. */
const parts = {
  yyyy: ['year', '(\\d{4})'],
  MM: ['month', '(\\d\\d)'],
  dd: ['day', '(\\d\\d)'],
  HH: ['hour', '(\\d\\d)'],
  mm: ['minute', '(\\d\\d)'],
  ss: ['second', '(\\d\\d)'],
  SSS: ['ms', '(\\d{3})'],
} as const;
type Part = keyof typeof parts;

const letters = /yyyy|MM|dd|HH|mm|ss|SSS/g;
const LENGTH_MAX = 30;

/** Of the formats that stand for an instant by themselves. */
const instants: Readonly<Record<string, (text: string) => Date | undefined>> = {
  rfc3339: parseRfc3339,
  'epoch-seconds': (text) =>
    /^\d{1,11}(\.\d{1,9})?$/.test(text) ? new Date(Math.round(Number(text) * 1_000)) : undefined,
  'epoch-milliseconds': (text) => (/^\d{1,14}$/.test(text) ? new Date(Number(text)) : undefined),
};

export const isInstantFormat = (format: TimeFormat): boolean => Object.hasOwn(instants, format);

export function isTimeFormat(format: string): boolean {
  if (isInstantFormat(format)) return true;
  const found = partsOf(format);
  const days = (['yyyy', 'MM', 'dd'] as const).every((part) => found.includes(part));
  const rest = format.replaceAll(letters, '');
  return days && new Set(found).size === found.length && /^[-/.:, T]*$/.test(rest) && format.length <= LENGTH_MAX;
}

export { isTimeZone };

const partsOf = (format: TimeFormat): Part[] => (format.match(letters) ?? []) as Part[];

/** The instant of what somebody sent; `unreadable` when it has not this format, undefined when there is nothing. */
export function readTime(value: unknown, format: TimeFormat, timeZone = 'UTC'): Date | 'unreadable' | undefined {
  if (value === undefined || value === null) return undefined;
  const text = value instanceof Digits ? value.text : value;
  if (typeof text !== 'string') return 'unreadable';
  const instant = instants[format];
  return (instant ? instant(text) : readPattern(text, format, timeZone)) ?? 'unreadable';
}

function readPattern(text: string, format: TimeFormat, timeZone: string): Date | undefined {
  const pattern = format.replaceAll('.', '\\.').replaceAll(letters, (part) => parts[part as Part][1]);
  const match = new RegExp(`^${pattern}$`).exec(text);
  if (!match) return undefined;
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, ms: 0 };
  partsOf(format).forEach((part, i) => (shown[parts[part][0]] = Number(match[i + 1])));
  return instantOf(shown, timeZone);
}
