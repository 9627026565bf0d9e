import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Batcher, BatcherFull, type BatcherOptions } from '../src/index.js';

const options: BatcherOptions = { sizeMax: 3, concurrency: 1, waitingMax: 100 };
/** Long enough for a flush to end and the next one to be scheduled and begin. */
const turn = async (): Promise<void> => {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
};
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Flushes that end when the test says so. */
class Gate {
  readonly batches: (readonly number[])[] = [];
  readonly open: ((outputs: readonly string[] | Error) => void)[] = [];

  readonly flush = (items: readonly number[]): Promise<readonly string[]> => {
    this.batches.push(items);
    return new Promise((resolve, reject) =>
      this.open.push((outputs) => (outputs instanceof Error ? reject(outputs) : resolve(outputs))),
    );
  };

  answer(batch: number): void {
    this.open[batch]?.((this.batches[batch] ?? []).map((item) => `out ${item}`));
  }
}

describe('Batcher', () => {
  test('every item gets its own output exactly once, whatever the sizes, delays and failures', async () => {
    const plan = fc.record({
      items: fc.array(fc.record({ wait: fc.nat(3), bad: fc.boolean() }), { maxLength: 60 }),
      sizeMax: fc.integer({ min: 1, max: 10 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ items, sizeMax, concurrency }) => {
        const flushed: number[] = [];
        let running = 0;
        const flush = async (batch: readonly number[]): Promise<string[]> => {
          running += 1;
          flushed.push(...batch);
          expect(running).toBeLessThanOrEqual(concurrency);
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(sizeMax);
          for (let i = 0; i < (batch[0] ?? 0) % 3; i += 1) await turn();
          running -= 1;
          if (batch.some((item) => items[item]?.bad)) throw new Error(`bad ${batch.join()}`);
          return batch.map((item) => `out ${item}`);
        };
        const batcher = new Batcher(flush, { sizeMax, concurrency, waitingMax: 1_000 });
        const results: Promise<PromiseSettledResult<string>[]>[] = [];
        for (const [i, { wait }] of items.entries()) {
          for (let n = 0; n < wait; n += 1) await turn();
          results.push(Promise.allSettled([batcher.add(i)]));
        }
        const settled = (await Promise.all(results)).flat();
        expect(flushed).toEqual(range(items.length));
        expect(batcher.size).toBe(0);
        settled.forEach((result, i) => {
          if (result.status === 'fulfilled') expect(result.value).toBe(`out ${i}`);
          else expect(String(result.reason)).toMatch(new RegExp(`bad (.*,)?${i}(,|$)`));
        });
      }),
      { numRuns: 50 },
    );
  });

  test('what was read in one turn shares a batch; a lone item does not wait for company', async () => {
    const gate = new Gate();
    const batcher = new Batcher(gate.flush, options);
    const first = [batcher.add(0), batcher.add(1)];
    await turn();
    expect(gate.batches).toEqual([[0, 1]]);
    gate.answer(0);
    expect(await Promise.all(first)).toEqual(['out 0', 'out 1']);
    const second = batcher.add(2);
    await turn();
    expect(gate.batches[1]).toEqual([2]);
    gate.answer(1);
    expect(await second).toBe('out 2');
  });

  test('while flushes are in flight the next batches fill, in order', async () => {
    const gate = new Gate();
    const batcher = new Batcher(gate.flush, { ...options, concurrency: 2 });
    const all = Promise.all(range(8).map((item) => batcher.add(item)));
    await turn();
    expect(gate.batches).toEqual([[0, 1, 2], [3, 4, 5]]); // prettier-ignore
    expect(batcher.size).toBe(2);
    await turn();
    expect(gate.batches).toHaveLength(2);
    gate.answer(1);
    await turn();
    expect(gate.batches[2]).toEqual([6, 7]);
    gate.answer(0);
    gate.answer(2);
    expect(await all).toEqual(range(8).map((item) => `out ${item}`));
  });

  test('a failing flush rejects its own batch and no other', async () => {
    const gate = new Gate();
    const batcher = new Batcher(gate.flush, options);
    const all = Promise.allSettled(range(6).map((item) => batcher.add(item)));
    await turn();
    const fault = new Error('this batch only');
    gate.open[0]?.(fault);
    await turn();
    gate.answer(1);
    const results = await all;
    expect(results.slice(0, 3)).toEqual(range(3).map(() => ({ status: 'rejected', reason: fault })));
    expect(results.slice(3)).toEqual([3, 4, 5].map((item) => ({ status: 'fulfilled', value: `out ${item}` })));
  });

  test.each([[[]], [['one']], [['one', 'two', 'three']]])('%j for two items is an error for both', async (outputs) => {
    const batcher = new Batcher(() => Promise.resolve(outputs), options);
    const results = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(String((results[0] as PromiseRejectedResult).reason)).toContain(`2 items answered ${outputs.length}`);
  });

  test('a flush or a listener that throws at once harms its batch only; the next one runs', async () => {
    let calls = 0;
    const fault = new Error('at once');
    const throwOnce = (): void => {
      calls += 1;
      if (calls === 1) throw fault;
    };
    const flush = (items: readonly number[]): Promise<readonly number[]> => {
      throwOnce();
      return Promise.resolve(items);
    };
    const one = new Batcher(flush, options);
    await expect(one.add(1)).rejects.toBe(fault);
    await expect(one.add(2)).resolves.toBe(2);

    calls = 0;
    const other = new Batcher((items: readonly number[]) => Promise.resolve(items), { ...options, onFlush: throwOnce });
    await expect(other.add(1)).rejects.toBe(fault);
    await expect(other.add(2)).resolves.toBe(2);
  });

  test('beyond waitingMax it refuses, and takes again when there is room', async () => {
    const gate = new Gate();
    const batcher = new Batcher(gate.flush, { sizeMax: 1, concurrency: 1, waitingMax: 2 });
    const taken = [batcher.add(0)];
    await turn();
    taken.push(batcher.add(1), batcher.add(2));
    await expect(batcher.add(3)).rejects.toThrow(BatcherFull);
    gate.answer(0);
    await turn();
    taken.push(batcher.add(4));
    for (const batch of [1, 2, 3]) {
      gate.answer(batch);
      await turn();
    }
    expect(await Promise.all(taken)).toEqual(['out 0', 'out 1', 'out 2', 'out 4']);
  });

  test('tells its listener how large each batch is', async () => {
    const sizes: number[] = [];
    const batcher = new Batcher((items: readonly number[]) => Promise.resolve(items), {
      ...options,
      onFlush: (size) => sizes.push(size),
    });
    await Promise.all(range(7).map((item) => batcher.add(item)));
    expect(sizes).toEqual([3, 3, 1]);
  });
});
