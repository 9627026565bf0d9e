import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseSync } from '@swc/core';
import { oneLine } from './watch.js';

/** SQL in a source file: what stands between its `${...}`. */
export interface SqlLiteral {
  readonly file: string;
  readonly pieces: readonly string[];
}

/** Every literal in these files that reads or writes one of the tables. */
export function sqlLiterals(pattern: string, tables: ReadonlySet<string>): SqlLiteral[] {
  const speaks = (text: string): boolean =>
    /\b(select|insert|update|delete)\b/.test(text) &&
    (text.match(/\b[a-z]+\.[a-z_]+\b/g) ?? []).some((name) => tables.has(name));
  return globSync(pattern).flatMap((file) => {
    const program = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', target: 'es2024' });
    return literals(program)
      .filter((pieces) => speaks(pieces.join(' x ')))
      .map((pieces) => ({ file: basename(file), pieces: pieces.map(oneLine).filter((piece) => piece !== '') }));
  });
}

/** Those of which no statement that was run holds all pieces, in their order. */
export const neverRun = (sources: readonly SqlLiteral[], texts: ReadonlySet<string>): string[] =>
  sources
    .filter(({ pieces }) => ![...texts].some((text) => holds(text, pieces)))
    .map(({ file, pieces }) => `${file}: ${pieces.join(' ... ')}`);

function holds(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  return pieces.every((piece) => {
    const at = text.indexOf(piece, from);
    from = at + piece.length;
    return at >= 0;
  });
}

function literals(node: unknown): string[][] {
  if (Array.isArray(node)) return node.flatMap(literals);
  if (typeof node !== 'object' || node === null) return [];
  const { type, value, quasis } = node as { type?: unknown; value?: unknown; quasis?: { cooked: string }[] };
  const own =
    type === 'StringLiteral'
      ? [[String(value)]]
      : type === 'TemplateLiteral' && quasis
        ? [quasis.map(({ cooked }) => cooked)]
        : [];
  return [...own, ...Object.values(node).flatMap(literals)];
}
