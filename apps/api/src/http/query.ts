import { check, type Dto } from './check.js';
import { invalidRequest, Problem, type FieldFault } from './problem.js';

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Problem('malformed-url', 'The query has bad percent-encoding.');
  }
};

/**
 * The query of a URL, each parameter once and known to the DTO; throws `invalid-request` naming the others.
 * Not Express's parser: that leaves bad percent-encoding as it is and turns a repeated parameter into an array.
 */
export function readQuery<T extends object>(dto: (new () => T) & Dto, url: string): T {
  const start = url.indexOf('?');
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  const faults: FieldFault[] = [];
  for (const pair of start < 0 ? [] : url.slice(start + 1).split('&')) {
    if (pair === '') continue;
    const [name = '', ...rest] = pair.split('=');
    const key = decode(name);
    if (key in values)
      faults.push({ field: key.slice(0, 64).toWellFormed(), rule: 'repeated', detail: 'must be given once' });
    else values[key] = decode(rest.join('='));
  }
  faults.push(...check(dto, values));
  if (faults.length > 0) throw invalidRequest(faults);
  return values as T;
}
