import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Month } from '@ferry/recording';

/** Nobody writes for so long at one file; whoever began was killed. */
const ABANDONED_MS = 86_400_000;
const unfinished = /^\.\d{4}-\d\d\.[\da-f-]{36}$/;

/** Of an archive that is being written. */
export const unfinishedName = (month: Month, id: string): string => `.${month}.${id}`;

/** What processes left behind that were killed; all of it is still in the store. */
export async function removeUnfinished(directory: string, now: Date): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!unfinished.test(name)) continue;
    const path = join(directory, name);
    const touched = await stat(path).catch(() => undefined);
    if (touched && now.getTime() - touched.mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}
