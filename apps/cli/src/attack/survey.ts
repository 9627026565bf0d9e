/** What a tenant can read, by path and page. */
export type Survey = ReadonlyMap<string, string>;

/** What Ferry counts or notes by itself behind a tenant's requests and payments. All else stays as it is while nobody of the tenant acts. */
const moving = new Set(['last_used_at', 'requests', 'payments', 'open', 'volume']);

/** A JSON value without what moves by itself. */
export function still(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(still);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !moving.has(name));
  return Object.fromEntries(entries.map(([name, one]) => [name, still(one)]));
}

/** Paths that answer otherwise than before. */
export const changes = (before: Survey, after: Survey): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
