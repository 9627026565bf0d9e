import { expect, test } from '@jest/globals';
import { InProcessSeenReferences } from '@ferry/in-process';
import { newId, silentMeter, type Meter } from '@ferry/kernel';
import { seenReferencesContract } from '@ferry/recording/testing';

seenReferencesContract('InProcessSeenReferences', () =>
  Promise.resolve(new InProcessSeenReferences(10_000, silentMeter)),
);

const held = (referenceNumber: string) => ({ referenceNumber, paymentId: newId() });

test('keeps no more than it may, over all tenants together, and those that were used last', async () => {
  const seen = new InProcessSeenReferences(3, silentMeter);
  await seen.remember('one', [held('a'), held('b')]);
  await seen.remember('two', [held('c')]);
  await seen.find('one', ['a']);
  await seen.remember('two', [held('d'), held('e')]);
  const known = async (tenantId: string, references: string[]) =>
    (await seen.find(tenantId, references)).map((id) => id !== undefined);
  expect(await known('one', ['a', 'b'])).toEqual([true, false]);
  expect(await known('two', ['c', 'd', 'e'])).toEqual([false, true, true]);
});

test('stays bounded while a million pass through, and knows at least half as many as it may', async () => {
  const seen = new InProcessSeenReferences(100, silentMeter);
  const paymentId = newId();
  for (let batch = 0; batch < 1_000; batch += 1)
    await seen.remember(
      't',
      Array.from({ length: 1_000 }, (_, i) => ({ referenceNumber: `${batch}-${i}`, paymentId })),
    );
  const last = Array.from({ length: 1_000 }, (_, i) => `999-${i}`);
  const known = (await seen.find('t', last)).map((id) => id !== undefined);
  expect(known.slice(-50)).not.toContain(false);
  expect(known.slice(0, -100)).not.toContain(true);
});

test('counts what it knew and what not', async () => {
  const counted: string[] = [];
  const meter: Meter = {
    ...silentMeter,
    count: (name, labels, by) => void counted.push([name, ...Object.values(labels ?? {}), by].join(' ')),
  };
  const seen = new InProcessSeenReferences(10, meter);
  await seen.remember('t', [held('a'), held('b')]);
  await seen.find('t', ['a', 'x', 'b']);
  await seen.find('t', ['a']);
  expect(counted).toEqual([
    'reference_cache_total memory hit 2',
    'reference_cache_total memory miss 1',
    'reference_cache_total memory hit 1',
  ]);
});
