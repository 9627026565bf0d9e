/** Field names whose values never reach a log, wherever they stand. */
const secret = /authorization|cookie|passw|secret|token|api_?key|idempotency_?key|signature|credential/i;
/** Field names whose values are shortened to the last digits. */
const phone = /phone|msisdn/i;
const PHONE_DIGITS_KEPT = 3;
/** `user:password@` in a URL of any scheme. */
const credentials = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
/** A line stays below what log collectors accept (16 kB), whatever it is asked to say. */
const TEXT_MAX = 2_000;
const DEPTH_MAX = 5;
const ITEMS_MAX = 50;

export const redactText = (text: string): string => {
  const clean = text.replace(credentials, '$1***@');
  return clean.length > TEXT_MAX ? `${clean.slice(0, TEXT_MAX)}... (${clean.length} characters)` : clean;
};

/** A copy fit for a log: no secrets, no whole phone numbers, bounded, safe for JSON (bigint, Date, Error, cycles). */
export function redact(value: unknown, key = '', depth = 0): unknown {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return value;
  if (secret.test(key)) return '***';
  if (typeof value === 'string' || typeof value === 'bigint')
    return phone.test(key) ? shortened(String(value)) : redactText(String(value));
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Error) return redactText(value.message || value.name);
  // The depth also ends cycles.
  if (depth >= DEPTH_MAX) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => redact(item, key, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, ITEMS_MAX)
      .map(([name, item]) => [name, redact(item, name, depth + 1)]),
  );
}

const shortened = (number: string): string => `***${number.slice(-PHONE_DIGITS_KEPT)}`;
