import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
  const file = await open(path, 'wx', FILE_MODE);
  try {
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
    await pipeline(lines, createGzip(), hashing, file.createWriteStream({ flush: true, autoClose: false }));
    await file.sync();
    return { rows: tally.rows, amountsMinor: tally.amountsMinor, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** Counts, sums and hashes a file as it was when it was written. */
export async function tallyPart(path: string): Promise<Totals> {
  const [tally, hash] = [new Tally(), createHash('sha256')];
  // First the bytes: whatever is not ours is not unpacked.
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  for await (const page of readPart(path)) for (const line of page) tally.add(amountOf(line));
  return { rows: tally.rows, amountsMinor: tally.amountsMinor, sha256: hash.digest('hex') };
}

export async function* readPart(path: string): AsyncGenerator<readonly string[]> {
  const unpacked = createGunzip();
  const source = createReadStream(path).on('error', (error) => unpacked.destroy(error));
  try {
    let page: string[] = [];
    for await (const line of createInterface({ input: source.pipe(unpacked), crlfDelay: Number.POSITIVE_INFINITY })) {
      page.push(line);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
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
