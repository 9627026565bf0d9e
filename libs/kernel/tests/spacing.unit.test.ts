import { describe, expect, test } from '@jest/globals';
import { pass, useFakeTime } from '../../../tests/harness/fake-time.js';
import { Batcher, Spacing } from '../src/index.js';

useFakeTime();

describe('Spacing', () => {
  test('the first may start at once, the next only when the time is over', async () => {
    const spacing = new Spacing(40);
    expect(spacing.waitMs).toBeLessThanOrEqual(0);
    spacing.started();
    expect(spacing.waitMs).toBe(40);
    await pass(39);
    expect(spacing.waitMs).toBe(1);
    await pass(1);
    expect(spacing.waitMs).toBe(0);
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
    const { batcher, batches } = spaced(200);
    await batcher.add(1);
    await pass(200);
    await batcher.add(2);
    expect(batches).toEqual([[1], [2]]);
  });

  test('what comes soon after shares the next batch', async () => {
    const { batcher, batches } = spaced(200);
    await batcher.add(1);
    const later = [batcher.add(2)];
    await pass(100);
    later.push(batcher.add(3));
    await pass(99);
    later.push(batcher.add(4));
    expect(batches).toEqual([[1]]);
    await pass(1);
    expect(batches).toEqual([[1], [2, 3, 4]]);
    expect(await Promise.all(later)).toEqual([2, 3, 4]);
  });

  test('a full batch does not wait', async () => {
    const { batcher, batches } = spaced(200, 2);
    await batcher.add(1);
    await Promise.all([batcher.add(2), batcher.add(3)]);
    expect(batches).toEqual([[1], [2, 3]]);
  });
});
