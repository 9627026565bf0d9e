import { Unavailable } from './unavailable.js';

/**
 * One bad item never fails its batch: runs the whole batch, and where that fails halves it until the item that fails is alone; that
 * one is answered by `failed`. `Unavailable` is no item's fault and is thrown on. One output per item, in order.
 */
export async function isolate<I, O>(
  items: readonly I[],
  run: (items: readonly I[]) => Promise<readonly O[]>,
  failed: (item: I, error: unknown) => Promise<O> | O,
): Promise<readonly O[]> {
  try {
    return await run(items);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const [only] = items as readonly [I];
    if (items.length === 1) return [await failed(only, error)];
    const middle = Math.ceil(items.length / 2);
    const first = await isolate(items.slice(0, middle), run, failed);
    return [...first, ...(await isolate(items.slice(middle), run, failed))];
  }
}
