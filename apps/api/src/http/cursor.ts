import { hash } from 'node:crypto';
import { Problem } from './problem.js';

/** 96 bits: only mistakes are to be found, because a forged cursor shows nothing that its tenant may not see. */
const DIGEST_LENGTH = 24;

const digestOf = (filters: readonly unknown[]): string =>
  hash('sha256', JSON.stringify(filters), 'hex').slice(0, DIGEST_LENGTH);

/** Opaque to clients: base64url of version, place in the order, and digest of the filters. No part of the place has a dot. */
export const writeCursor = (version: string, place: readonly string[], filters: readonly unknown[]): string =>
  Buffer.from([version, ...place, digestOf(filters)].join('.')).toString('base64url');

/** The place. Throws `invalid-cursor` for anything that `writeCursor` did not make for this version and these filters. */
export function readCursor(cursor: string, version: string, filters: readonly unknown[]): readonly string[] {
  const [given, ...place] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  if (given !== version || place.pop() !== digestOf(filters)) throw wrongCursor();
  return place;
}

export const wrongCursor = (): Problem => new Problem('invalid-cursor', 'The cursor was not made for this query.');
