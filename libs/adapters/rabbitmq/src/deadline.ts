import { sleep } from '@ferry/kernel';

/** The answer, or undefined after `timeoutMs`. Work that is late goes on; a rejection of it counts until then only. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([work, sleep(timeoutMs, late.signal).then(() => undefined)]);
  } finally {
    late.abort();
  }
}
