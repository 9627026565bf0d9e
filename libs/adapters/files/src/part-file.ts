import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, createGzip } from 'node:zlib';
import type { ArchivedRow } from '@ferry/recording';
import type { FilePart } from './manifest.js';

/** Payments are nobody's business but the operator's. */
export const FILE_MODE = 0o600;
/** Lines given at once: as much as the store takes in one statement. */
const PAGE = 1_000;

export type Totals = Pick<FilePart, 'rows' | 'amountsMinor' | 'sha256'>;

class Tally {
  rows = 0;
  readonly amountsMinor = new Map<string, bigint>();

  add({ currency, amountMinor }: Omit<ArchivedRow, 'line'>): void {
    this.rows += 1;
    this.amountsMinor.set(currency, (this.amountsMinor.get(currency) ?? 0n) + amountMinor);
  }
}

/** One JSON object a line, gzip, as slowly as the disk takes it; resolves when it is on the disk for good. */
export async function writePart(path: string, pages: AsyncIterable<readonly ArchivedRow[]>): Promise<Totals> {
  const [tally, hash] = [new Tally(), createHash('sha256')];
  const lines = async function* (): AsyncGenerator<string> {
    for await (const page of pages) {
      for (const row of page) tally.add(row);
      yield page.map(({ line }) => `${line}\n`).join('');
    }
  };
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  // `flush`: to the disk, before it is closed.
  await pipeline(lines, createGzip(), hashing, createWriteStream(path, { flags: 'wx', mode: FILE_MODE, flush: true }));
  return { rows: tally.rows, amountsMinor: tally.amountsMinor, sha256: hash.digest('hex') };
}

export async function hashPart(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Counts and sums what is in a file. */
export async function tallyPart(path: string): Promise<Omit<Totals, 'sha256'>> {
  const tally = new Tally();
  for await (const page of readPart(path)) for (const line of page) tally.add(amountOf(line));
  return tally;
}

/** Lines a page at a time. Not by `readline`: it waits for ever when the file ends too early. */
export async function* readPart(path: string): AsyncGenerator<readonly string[]> {
  const source = createReadStream(path);
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  const decoder = new StringDecoder('utf8');
  const page: string[] = [];
  let rest = '';
  try {
    for await (const chunk of unpacked) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (page.push(line) === PAGE) yield page.splice(0);
    }
    if (rest !== '') throw new Error(`${path}: ends in the middle of a line`);
    if (page.length > 0) yield page;
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

function amountOf(line: string): Omit<ArchivedRow, 'line'> {
  const { amount_minor, currency } = JSON.parse(line) as { amount_minor: string; currency: string };
  return { amountMinor: BigInt(amount_minor), currency };
}
