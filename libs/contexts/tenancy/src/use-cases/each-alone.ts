import { Unavailable } from '@ferry/kernel';

/**
 * One after the other; one that fails keeps no other from its turn, and is told at the end. A store that is away is nobody's
 * fault and ends it at once.
 */
export async function eachAlone<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items)
    try {
      await work(item);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      failures.push(error);
    }
  if (failures.length === 0) return;
  const [first] = failures;
  const why = first instanceof Error ? first.message : 'no error';
  throw new Error(`${failures.length} of ${items.length} failed, the first: ${why}`, { cause: first });
}
