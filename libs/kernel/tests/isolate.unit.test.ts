import { describe, expect, jest, test } from '@jest/globals';
import { isolate, Unavailable } from '@ferry/kernel';

describe('isolate', () => {
  const bad = new Set([3, 7]);
  const run = jest.fn(async (items: readonly number[]) => {
    if (items.some((item) => bad.has(item))) throw new Error('bad item');
    return items.map((item) => `good ${item}`);
  });

  test('a batch without a bad item runs once', async () => {
    run.mockClear();
    expect(await isolate([1, 2, 4], run, () => 'failed')).toEqual(['good 1', 'good 2', 'good 4']);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('bad items fail alone, in their place', async () => {
    const items = Array.from({ length: 10 }, (_, i) => i);
    const expected = items.map((item) => (bad.has(item) ? `bad ${item}` : `good ${item}`));
    expect(await isolate(items, run, (item) => `bad ${item}`)).toEqual(expected);
  });

  test('a service that is away is nobody’s fault', async () => {
    const failed = jest.fn(() => 'failed');
    await expect(isolate([1, 2], () => Promise.reject(new Unavailable('postgres')), failed)).rejects.toThrow(
      Unavailable,
    );
    expect(failed).not.toHaveBeenCalled();
  });
});
