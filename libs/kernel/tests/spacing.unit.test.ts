import { describe, expect, test } from '@jest/globals';
import { Batcher, sleep, Spacing, stopwatch } from '../src/index.js';

describe('Spacing', () => {
  test('the first may start at once, the next only when the time is over', async () => {
    const spacing = new Spacing(40);
    expect(spacing.waitMs).toBeLessThanOrEqual(0);
    spacing.started();
    expect(spacing.waitMs).toBeGreaterThan(20);
    await sleep(50);
    expect(spacing.waitMs).toBeLessThanOrEqual(0);
  });
});

describe('a batcher with spacing', () => {
  const spaced = (spacingMs: number, sizeMax = 100) => {
    const batches: (readonly number[])[] = [];
    const flush = (items: readonly number[]): Promise<readonly number[]> => {
      batches.push(items);
      return Promise.resolve(items);
    };
    return { batches, batcher: new Batcher(flush, { sizeMax, concurrency: 1, waitingMax: 1_000, spacingMs }) };
  };

  test('what comes alone does not wait', async () => {
    const { batcher, batches } = spaced(60_000);
    await batcher.add(1);
    expect(batches).toEqual([[1]]);
  });

  test('what comes soon after shares the next batch', async () => {
    const { batcher, batches } = spaced(200);
    const elapsedMs = stopwatch();
    await batcher.add(1);
    const later = [2, 3, 4].map(async (item, i) => {
      for (let turn = 0; turn < i; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return batcher.add(item);
    });
    expect(await Promise.all(later)).toEqual([2, 3, 4]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
    expect(elapsedMs()).toBeGreaterThanOrEqual(190);
  });

  test('a full batch does not wait', async () => {
    const { batcher, batches } = spaced(60_000, 2);
    await batcher.add(1);
    await Promise.all([batcher.add(2), batcher.add(3)]);
    expect(batches).toEqual([[1], [2, 3]]);
  });
});
