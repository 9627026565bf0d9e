import { expect, test } from '@jest/globals';
import { CountWebhooks, averageMs, duplicateRate, noWebhooks, type DayOfWebhooks } from '../src/index.js';

const one = { received: 1, created: 1, duplicates: 0, rejected: 0, ms: 4 };

function counting({ waitingMax = 100 } = {}) {
  const state = { now: new Date('2026-02-28T23:59:59Z'), away: false };
  const stored: DayOfWebhooks[][] = [];
  const record = async (counts: readonly DayOfWebhooks[]): Promise<void> => {
    if (state.away) throw new Error('away');
    stored.push([...counts]);
  };
  const counts = new CountWebhooks({ record }, { now: () => state.now }, waitingMax);
  return { counts, state, stored };
}

test('adds up by tenant and stores once', async () => {
  const { counts, stored } = counting();
  counts.add('shop', one);
  counts.add('shop', { ...one, created: 0, duplicates: 2, ms: 6 });
  counts.add('bank', { ...one, created: 0, rejected: 1 });
  await counts.run();
  await counts.run();
  expect(stored).toEqual([
    [
      { tenantId: 'shop', day: '2026-02-28', received: 2, created: 1, duplicates: 2, rejected: 0, ms: 10 },
      { tenantId: 'bank', day: '2026-02-28', received: 1, created: 0, duplicates: 0, rejected: 1, ms: 4 },
    ],
  ]);
});

test('a webhook counts for the day on which it came, in UTC', async () => {
  const { counts, state, stored } = counting();
  counts.add('shop', one);
  state.now = new Date('2026-03-01T00:00:00Z');
  counts.add('shop', one);
  await counts.run();
  expect(stored[0]?.map(({ day }) => day)).toEqual(['2026-02-28', '2026-03-01']);
});

test('what could not be stored is stored with what came meanwhile', async () => {
  const { counts, state, stored } = counting();
  counts.add('shop', one);
  state.away = true;
  await expect(counts.run()).rejects.toThrow('away');
  counts.add('shop', one);
  state.away = false;
  await counts.run();
  expect(stored).toEqual([[expect.objectContaining({ received: 2, ms: 8 })]]);
});

test('holds a bounded number, and goes on counting those that it holds', async () => {
  const { counts, stored } = counting({ waitingMax: 1 });
  counts.add('shop', one);
  counts.add('bank', one);
  counts.add('shop', one);
  await counts.run();
  expect(stored).toEqual([[expect.objectContaining({ tenantId: 'shop', received: 2 })]]);
});

test('rates are 0 where nothing came', () => {
  expect([duplicateRate(noWebhooks), averageMs(noWebhooks)]).toEqual([0, 0]);
  expect(duplicateRate({ ...one, created: 3, duplicates: 1 })).toBe(0.25);
  expect(averageMs({ ...one, received: 2, ms: 5 })).toBe(2.5);
});
