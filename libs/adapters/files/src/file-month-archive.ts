import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Archive, ArchivedPart, Month, MonthArchive, TenantRows } from '@ferry/recording';
import { manifestJson, readManifest, type FilePart } from './manifest.js';
import { FILE_MODE, hashPart, readPart, tallyPart, writePart } from './part-file.js';
import { removeUnfinished, unfinishedName } from './unfinished.js';

const MANIFEST = 'manifest.json';
const DIRECTORY_MODE = 0o700;

interface FileArchive extends Archive {
  readonly parts: readonly FilePart[];
}

/** An archive is a directory: a file a tenant, and a manifest. It gets its name when all of it is on the disk. */
export class FileMonthArchive implements MonthArchive {
  constructor(private readonly directory: string) {}

  async write(month: Month, now: Date, tenants: AsyncIterable<TenantRows>): Promise<Archive> {
    await mkdir(this.directory, { recursive: true, mode: DIRECTORY_MODE });
    await removeUnfinished(this.directory, now);
    const unfinished = join(this.directory, unfinishedName(month, randomUUID()));
    await mkdir(unfinished, { mode: DIRECTORY_MODE });
    try {
      const parts: FilePart[] = [];
      for await (const tenant of tenants) parts.push(await writeTenant(unfinished, tenant));
      await writeText(join(unfinished, MANIFEST), manifestJson({ month, parts }, now));
      await syncDirectory(unfinished);
      const place = join(this.directory, `${month}_${now.toISOString().replaceAll(/[-:.]/g, '')}`);
      await rename(unfinished, place);
      await syncDirectory(this.directory);
      return { place, month, parts };
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
  }

  /** A directory, its manifest, or one of its files. */
  async open(place: string): Promise<FileArchive> {
    const isPart = place.endsWith('.jsonl.gz');
    const directory = isPart || basename(place) === MANIFEST ? dirname(place) : place;
    const { month, parts } = readManifest(await readFile(join(directory, MANIFEST), 'utf8'));
    const wanted = isPart ? parts.filter(({ file }) => file === basename(place)) : parts;
    if (isPart && wanted.length === 0) throw new Error(`${place}: not in the manifest beside it`);
    return { place: directory, month, parts: wanted };
  }

  async verify(archive: Archive, part: ArchivedPart): Promise<void> {
    const { file, sha256, rows, amountsMinor } = filePart(archive, part);
    const path = join(archive.place, file);
    // First the bytes: what is not ours is not unpacked.
    if ((await hashPart(path)) !== sha256) throw new Error(`${path}: not what was written (its SHA-256 is another)`);
    const found = await tallyPart(path);
    if (found.rows !== rows || !isSame(found.amountsMinor, amountsMinor))
      throw new Error(`${path}: its manifest has another number or sum of payments`);
  }

  read(archive: Archive, part: ArchivedPart): AsyncGenerator<readonly string[]> {
    return readPart(join(archive.place, filePart(archive, part).file));
  }

  async discard({ place }: Archive): Promise<void> {
    await rm(place, { recursive: true });
  }
}

async function writeTenant(directory: string, { tenantId, pages }: TenantRows): Promise<FilePart> {
  const file = `${encodeURIComponent(tenantId)}.jsonl.gz`;
  return { tenantId, file, ...(await writePart(join(directory, file), pages)) };
}

function filePart({ place, parts }: Archive, { tenantId }: ArchivedPart): FilePart {
  const part = (parts as readonly FilePart[]).find((one) => one.tenantId === tenantId);
  if (!part) throw new Error(`${place}: has nothing of ${tenantId}`);
  return part;
}

const isSame = (one: ReadonlyMap<string, bigint>, other: ReadonlyMap<string, bigint>): boolean =>
  one.size === other.size && [...one].every(([currency, sum]) => other.get(currency) === sum);

async function writeText(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What has been made in it and named in it outlasts a loss of power. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
