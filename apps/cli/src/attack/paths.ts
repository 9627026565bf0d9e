import type { Operation } from './operations.js';
import { sample } from './values.js';

/** The path up to a parameter: the collection whose members the parameter names. */
export const collectionOf = (path: string, parameter: string): string => path.slice(0, path.indexOf(`/{${parameter}}`));

export const filled = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    values[name] === undefined ? whole : encodeURIComponent(values[name]),
  );

/** With something for each parameter that must be given, and as long a page as there can be. */
export function searchOf({ query }: Operation, given: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams();
  for (const { name, schema, required } of query)
    if (given[name] !== undefined) search.set(name, given[name]);
    else if (required) search.set(name, String(sample(schema)));
    else if (name === 'limit') search.set(name, '100');
  return search.size === 0 ? '' : `?${search.toString()}`;
}
