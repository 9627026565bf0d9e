import { readJson } from '@ferry/kernel';
import { Problem } from './problem.js';

export function parseJson(text: string): unknown {
  const read = readJson(text);
  if ('fault' in read) throw new Problem('malformed-json', `The body ${read.fault}.`);
  return read.value;
}
