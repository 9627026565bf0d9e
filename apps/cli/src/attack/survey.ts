/** What a tenant can read, by path and page. */
export type Survey = ReadonlyMap<string, string>;

/** Noted by Ferry itself, seconds behind the requests of a key. */
const NOTED = 'last_used_at';

/** What was counted of a day: comes and grows behind requests and payments. All else stays as it is while nobody of the tenant acts. */
const isCount = (value: object): boolean => 'day' in value && 'requests' in value;

/** Figures and nothing else, e.g. how many came today: told some seconds after what they count. */
export const isFigures = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).length > 0 && Object.values(value).every(isFigures)
    : typeof value === 'number';

/** A JSON value without what moves by itself. */
export function still(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(still).filter((one) => one !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  if (isCount(value)) return undefined;
  const entries = Object.entries(value).filter(([name]) => name !== NOTED);
  return Object.fromEntries(entries.map(([name, one]) => [name, still(one)]));
}

/** Paths that answer otherwise than before. */
export const changes = (before: Survey, after: Survey): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
