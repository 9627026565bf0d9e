import { globSync, readFileSync } from 'node:fs';

export interface MeterCall {
  readonly file: string;
  readonly kind: 'count' | 'observe' | 'gauge';
  /** As written; `${...}` where it is put together at run time. */
  readonly name: string;
  /** Names in the object literals of the call. */
  readonly labels: readonly string[];
}

const root = new URL('../../../../', import.meta.url).pathname;
const call = /\bmeter\s*\??\.\s*(count|observe|gauge)\(\s*(['"`])([^'"`]+)\2/g;

/** Every call of a meter in the sources, found by text: a meter is called `meter` everywhere. */
export function meterCalls(): MeterCall[] {
  const files = globSync(['libs/**/src/**/*.ts', 'apps/*/src/**/*.ts'], {
    cwd: root,
    exclude: (path) => /node_modules|dist$/.test(path),
  });
  return files.flatMap((file) => {
    const text = readFileSync(root + file, 'utf8');
    return [...text.matchAll(call)].map(({ 1: kind, 3: name, index, 0: { length } }) => ({
      file,
      kind: kind as MeterCall['kind'],
      name: name!,
      labels: labelsOf(restOfCall(text, index + length)),
    }));
  });
}

/** From after the name to the bracket that closes the call. */
function restOfCall(text: string, from: number): string {
  let depth = 1;
  for (let i = from; i < text.length; i += 1) {
    if ('([{'.includes(text[i]!)) depth += 1;
    if (')]}'.includes(text[i]!) && --depth === 0) return text.slice(from, i);
  }
  return '';
}

const labelsOf = (rest: string): string[] =>
  [...rest.matchAll(/\{([^{}]*)\}/g)].flatMap(({ 1: members }) =>
    members!.split(',').flatMap((member) => /^\s*(\w+)\s*(:|$)/.exec(member)?.[1] ?? []),
  );
