import { expect, test } from '@jest/globals';
import { TodayStats } from '../src/index.js';
import { InMemoryWebhookCountLog } from '../testing/index.js';

const clock = { now: () => new Date('2026-02-28T12:00:00Z') };

function figuresThat(answer: (call: number) => Promise<number>) {
  let calls = 0;
  const ofDay = async () => ({ processed: 0, averageBatchMs: 0, waiting: await answer((calls += 1)) });
  return { ofDay };
}

test('is counted once for all who ask within its time, each tenant by itself', async () => {
  const stats = new TodayStats(
    figuresThat(async (call) => call),
    new InMemoryWebhookCountLog(),
    clock,
    60_000,
  );
  const asked = await Promise.all(['shop', 'shop', 'bank', 'shop'].map((tenant) => stats.read(tenant)));
  expect(asked.map(({ staging }) => staging.waiting)).toEqual([1, 1, 2, 1]);
});

test('is counted anew after its time, and after it could not be counted', async () => {
  const failing = async (call: number): Promise<number> => {
    if (call === 1) throw new Error('away');
    return call;
  };
  const held = new TodayStats(figuresThat(failing), new InMemoryWebhookCountLog(), clock, 60_000);
  await expect(held.read('shop')).rejects.toThrow('away');
  expect((await held.read('shop')).staging.waiting).toBe(2);
  const never = new TodayStats(
    figuresThat(async (call) => call),
    new InMemoryWebhookCountLog(),
    clock,
    -1,
  );
  await never.read('shop');
  expect((await never.read('shop')).staging.waiting).toBe(2);
});
