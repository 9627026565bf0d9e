import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FileMonthArchive } from '@ferry/files';
import type { Archive } from '@ferry/recording';
import { monthArchiveContract, rowsTo, tenantsOf } from '@ferry/recording/testing';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ferry-archive-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

monthArchiveContract('FileMonthArchive', () => Promise.resolve(new FileMonthArchive(join(directory, 'archives'))));

describe('an archive in files', () => {
  const now = new Date('2026-11-21T09:00:00.123Z');
  const archive = (): FileMonthArchive => new FileMonthArchive(directory);
  const write = (): Promise<Archive> =>
    archive().write('2025-02', now, tenantsOf({ shop: rowsTo(5), 'a/b': rowsTo(1) }));
  const fileOf = ({ place }: Archive): string => join(place, 'shop.jsonl.gz');

  test('is JSON Lines that anything can read, and a manifest, for nobody else on the machine', async () => {
    const written = await write();
    expect(written.place).toBe(join(directory, '2025-02_20261121T090000123Z'));
    expect(readdirSync(written.place).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'a%2Fb.jsonl.gz',
      'manifest.json',
      'shop.jsonl.gz',
    ]);
    const lines = gunzipSync(readFileSync(fileOf(written)))
      .toString()
      .split('\n');
    expect(lines).toEqual([...rowsTo(5).map(({ line }) => line), '']);
    expect(JSON.parse(readFileSync(join(written.place, 'manifest.json'), 'utf8'))).toMatchObject({
      format: 1,
      month: '2025-02',
      archived_at: now.toISOString(),
      rows: 6,
      parts: [{ tenant_id: 'shop', file: 'shop.jsonl.gz', rows: 5, amounts_minor: { EUR: '6', XAF: '9' } }, {}],
    });
    expect([written.place, fileOf(written)].map((path) => statSync(path).mode & 0o077)).toEqual([0, 0]);
  });

  test('is opened by its directory, its manifest, or a file of it alone', async () => {
    const written = await write();
    for (const place of [written.place, join(written.place, 'manifest.json')])
      expect((await archive().open(place)).parts).toHaveLength(2);
    expect((await archive().open(fileOf(written))).parts.map(({ tenantId }) => tenantId)).toEqual(['shop']);
    await expect(archive().open(join(written.place, 'other.jsonl.gz'))).rejects.toThrow('not in the manifest');
  });

  test.each<[string, (path: string) => void]>([
    ['a bit that turned', (path) => spoil(path, (bytes) => bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20))],
    ['its end missing', (path) => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ['something behind it', (path) => writeFileSync(path, 'x', { flag: 'a' })],
    ['nothing', (path) => rmSync(path)],
  ])('with %s is not taken for what was written', async (_what, change) => {
    const written = await write();
    change(fileOf(written));
    const { parts, ...rest } = await archive().open(written.place);
    const [part] = parts;
    if (!part) throw new Error('no part');
    await expect(archive().verify({ parts, ...rest }, part)).rejects.toThrow(/not what was written|ENOENT/);
  });

  test('that ends too early is not waited for', async () => {
    const written = await write();
    const path = join(written.place, 'manifest.json');
    writeFileSync(fileOf(written), readFileSync(fileOf(written)).subarray(0, -12));
    const sha256 = createHash('sha256')
      .update(readFileSync(fileOf(written)))
      .digest('hex');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/[\da-f]{64}/, sha256));
    const opened = await archive().open(written.place);
    const [part] = opened.parts;
    if (!part) throw new Error('no part');
    await expect(archive().verify(opened, part)).rejects.toThrow('unexpected end of file');
  });

  test.each([
    ['number', { rows: 4 }],
    ['sum', { amounts_minor: { EUR: '6', XAF: '8' } }],
  ])('whose manifest has another %s is refused', async (_what, wrong) => {
    const written = await write();
    const path = join(written.place, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { parts: object[] };
    writeFileSync(path, JSON.stringify({ ...manifest, parts: [{ ...manifest.parts[0], ...wrong }] }));
    const opened = await archive().open(written.place);
    const [part] = opened.parts;
    if (!part) throw new Error('no part');
    await expect(archive().verify(opened, part)).rejects.toThrow('another number or sum');
  });

  test('reaches for no file elsewhere, whatever its manifest says', async () => {
    const written = await write();
    const path = join(written.place, 'manifest.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('shop.jsonl.gz', '../shop.jsonl.gz'));
    await expect(archive().open(written.place)).rejects.toThrow('not a file beside its manifest');
  });

  test('what a killed process left is removed after a day, and nothing else is', async () => {
    const [old, young] = ['11', '22'].map((digits) => `.2025-02.${digits.repeat(4)}-1111-4111-8111-111111111111`);
    const foreign = '.2025-02.notes';
    for (const name of [old, young, foreign]) mkdirSync(join(directory, name ?? ''));
    for (const name of [old, foreign])
      utimesSync(join(directory, name ?? ''), now, new Date(now.getTime() - 86_400_001));
    utimesSync(join(directory, young ?? ''), now, now);
    const { place } = await write();
    expect(readdirSync(directory).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      young,
      foreign,
      place.slice(directory.length + 1),
    ]);
  });
});

function spoil(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}
