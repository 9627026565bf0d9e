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
  return globSync(pattern).flatMap((file) => {
    const program = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', target: 'es2024' });
    return literals(program)
      .filter((pieces) => speaksOf(tables, pieces.join(' x ')))
      .map((pieces) => ({ file: basename(file), pieces: pieces.map(oneLine).filter((piece) => piece !== '') }));
  });
}

/** The parts of the body of a function that read or write one of the tables; each holds one statement or expression. */
export const bodyParts = (body: string, tables: ReadonlySet<string>): string[] =>
  body
    .replaceAll(/--.*$/gm, '')
    .split(/;|\bloop\b|\bthen\b/)
    .map((part) => oneLine(part.replaceAll(/\binto v_\w+(?:, v_\w+)*/g, '')))
    .filter((part) => speaksOf(tables, part));

/** Those within which no statement was run that speaks of a table. */
export const neverRunInside = (
  parts: readonly string[],
  texts: ReadonlySet<string>,
  tables: ReadonlySet<string>,
): string[] => {
  const ran = [...texts].filter((text) => speaksOf(tables, text));
  return parts.filter((part) => !ran.some((text) => part.includes(text)));
};

function speaksOf(tables: ReadonlySet<string>, text: string): boolean {
  // A name in quotes is looked up in the catalogue, and nothing in the table.
  const names = text.replaceAll(/'[^']*'/g, '').match(/\b[a-z]+\.[a-z_]+\b/g) ?? [];
  return /\b(select|insert|update|delete)\b/.test(text) && names.some((name) => tables.has(name));
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
