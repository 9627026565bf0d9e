import { beforeEach, describe, expect, test } from '@jest/globals';
import { rowsOf, type Archive, type MonthArchive, type TenantRows } from '../src/ports/month-archive.js';
import type { ArchivedRow } from '../src/ports/month-rows.js';
import { all } from './upkeep/paid.js';

const NOW = new Date('2026-11-21T09:00:00.123Z');

const rowOf = (number: number): ArchivedRow => ({
  line: JSON.stringify({
    id: `${number} é 日本 \\ "`,
    amount_minor: `${number}`,
    currency: number % 2 ? 'XAF' : 'EUR',
  }),
  currency: number % 2 ? 'XAF' : 'EUR',
  amountMinor: BigInt(number),
});
export const rowsTo = (count: number): ArchivedRow[] => Array.from({ length: count }, (_, i) => rowOf(i + 1));

/** Rows in pages of three. */
async function* pagesOf(rows: readonly ArchivedRow[]): AsyncGenerator<readonly ArchivedRow[]> {
  for (let from = 0; from < rows.length; from += 3) {
    await Promise.resolve();
    yield rows.slice(from, from + 3);
  }
}

export async function* tenantsOf(given: Readonly<Record<string, readonly ArchivedRow[]>>): AsyncGenerator<TenantRows> {
  for (const [tenantId, rows] of Object.entries(given)) {
    await Promise.resolve();
    yield { tenantId, pages: pagesOf(rows) };
  }
}

/** What every MonthArchive promises. */
export function monthArchiveContract(name: string, make: () => Promise<MonthArchive>): void {
  describe(`${name} is a MonthArchive`, () => {
    let archive: MonthArchive;
    beforeEach(async () => {
      archive = await make();
    });
    const write = (given: Readonly<Record<string, readonly ArchivedRow[]>>, now = NOW): Promise<Archive> =>
      archive.write('2025-02', now, tenantsOf(given));

    test('gives back every line of every tenant as it was', async () => {
      const rows = rowsTo(2_500);
      const { place } = await write({ a: rows, b: rows.slice(0, 1) });
      const opened = await archive.open(place);
      expect(opened.month).toBe('2025-02');
      for (const part of opened.parts) await archive.verify(opened, part);
      const [a, b] = await Promise.all(opened.parts.map((part) => all(archive.read(opened, part))));
      expect(a).toEqual(rows.map(({ line }) => line));
      expect(b).toEqual([rows[0]?.line]);
    });

    test('says how many there are of whom, and their sums', async () => {
      const written = await write({ a: rowsTo(4), b: rowsTo(2) });
      const opened = await archive.open(written.place);
      for (const { parts } of [written, opened]) {
        expect(parts.map(({ tenantId, rows }) => [tenantId, rows])).toEqual([
          ['a', 4],
          ['b', 2],
        ]);
        expect(Object.fromEntries(parts[0]?.amountsMinor ?? [])).toEqual({ XAF: 4n, EUR: 6n });
        expect(rowsOf({ parts })).toBe(6);
      }
    });

    test('of a month nobody has payments in is an archive too', async () => {
      const { place } = await write({});
      expect((await archive.open(place)).parts).toEqual([]);
    });

    test('is none when writing it fails', async () => {
      const failing = async function* (): AsyncGenerator<TenantRows> {
        yield* tenantsOf({ a: rowsTo(5) });
        throw new Error('the store is away');
      };
      await expect(archive.write('2025-02', NOW, failing())).rejects.toThrow('the store is away');
      const { place } = await write({ a: rowsTo(1) });
      expect(rowsOf(await archive.open(place))).toBe(1);
    });

    test('another one of the same month touches nothing of the first; each can be discarded', async () => {
      const first = await write({ a: rowsTo(1) });
      const second = await write({ a: rowsTo(2) }, new Date(NOW.getTime() + 1));
      await archive.discard(second);
      await expect(archive.open(second.place)).rejects.toThrow();
      expect(rowsOf(await archive.open(first.place))).toBe(1);
    });
  });
}
