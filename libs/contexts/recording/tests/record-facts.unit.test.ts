import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId, silentMeter, Unavailable, type Meter } from '@ferry/kernel';
import { RecordFacts, type FactOutcome, type ToldFact } from '@ferry/recording';
import { aToldFact, aTenant, InMemoryRecordedPayments, InMemorySeenReferences } from '@ferry/recording/testing';

const now = new Date('2026-11-21T10:00:00.000Z');

describe('RecordFacts', () => {
  const tenantId = aTenant();
  let payments: InMemoryRecordedPayments;
  let seen: InMemorySeenReferences;
  let counted: string[];
  let facts: RecordFacts;
  const meter: Meter = {
    ...silentMeter,
    count: (name, labels = {}, by = 1) => void counted.push([name, ...Object.values(labels), by].join(' ')),
  };
  const record = (...items: ToldFact[]): Promise<readonly FactOutcome[]> => facts.record(tenantId, 'webhook', items);
  const fact = (referenceNumber: string): ToldFact => aToldFact({ referenceNumber });
  const duplicateOf = (one: FactOutcome | undefined) => ({ outcome: 'duplicate', paymentId: one?.paymentId });

  beforeEach(() => {
    payments = new InMemoryRecordedPayments();
    seen = new InMemorySeenReferences();
    counted = [];
    facts = new RecordFacts({ payments, seen, clock: { now: () => now }, newId, meter });
  });

  test('a new fact is recorded as it was told, now, with its event', async () => {
    const told = { ...fact('a'), businessUnitId: 'north' };
    const [outcome] = await facts.record(tenantId, 'staging', [told]);
    expect(outcome).toEqual({ outcome: 'created', paymentId: expect.any(String) });
    const [payment] = await payments.find(tenantId, [outcome?.paymentId ?? '']);
    const { paymentId: id } = outcome as FactOutcome;
    expect(payment).toEqual({ ...told.fact, tenantId, id, businessUnitId: 'north', source: 'staging', createdAt: now });
    expect((await payments.outbox(tenantId)).map(({ aggregateId }) => aggregateId)).toEqual([id]);
  });

  test('within a call the first of a reference number wins, and the others are its duplicates', async () => {
    const [one, two] = [fact('a'), { ...fact('a'), businessUnitId: 'north' }];
    const outcomes = await record(one, fact('b'), two, one);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'duplicate', 'duplicate']);
    expect([outcomes[2], outcomes[3]]).toEqual([duplicateOf(outcomes[0]), duplicateOf(outcomes[0])]);
    const [payment] = await payments.find(tenantId, [outcomes[0]?.paymentId ?? '']);
    expect(payment?.businessUnitId).toBe('default');
    expect(await payments.list(tenantId, { limit: 10 })).toHaveLength(2);
  });

  test('a duplicate that was seen is confirmed by a look, and not written', async () => {
    const [first] = await record(fact('a'));
    const calls = { ...payments.calls };
    expect(await record(fact('a'))).toEqual([duplicateOf(first)]);
    expect(payments.calls).toEqual({ ...calls, holders: 1, find: calls['find'] });
  });

  test('a duplicate that was not seen is found all the same, and seen from then on', async () => {
    const [first] = await record(fact('a'));
    await seen.forget(tenantId, ['a']);
    expect(await record(fact('a'))).toEqual([duplicateOf(first)]);
    expect(await seen.find(tenantId, ['a'])).toEqual([first?.paymentId]);
  });

  test('what was seen and is not confirmed is recorded: a cache decides nothing', async () => {
    const stale = newId();
    await seen.remember(tenantId, [{ referenceNumber: 'a', paymentId: stale }]);
    const [outcome] = await record(fact('a'));
    expect(outcome?.outcome).toBe('created');
    expect(outcome?.paymentId).not.toBe(stale);
    expect(await seen.find(tenantId, ['a'])).toEqual([outcome?.paymentId]);
    expect(counted).toContain('reference_cache_stale_total 1');
  });

  test('what was seen with another payment is answered with the one that holds it', async () => {
    const [first] = await record(fact('a'));
    await seen.remember(tenantId, [{ referenceNumber: 'a', paymentId: newId() }]);
    expect(await record(fact('a'))).toEqual([duplicateOf(first)]);
    expect(await seen.find(tenantId, ['a'])).toEqual([first?.paymentId]);
  });

  test('seen and not seen, new and old: each outcome stands in its place', async () => {
    const [a, b] = await record(fact('a'), fact('b'));
    await seen.forget(tenantId, ['b']);
    await seen.remember(tenantId, [{ referenceNumber: 'stale', paymentId: newId() }]);
    const outcomes = await record(fact('new'), fact('b'), fact('stale'), fact('a'), fact('new'));
    expect(outcomes).toEqual([
      { outcome: 'created', paymentId: expect.any(String) },
      duplicateOf(b),
      { outcome: 'created', paymentId: expect.any(String) },
      duplicateOf(a),
      duplicateOf(outcomes[0]),
    ]);
  });

  test.each(['before', 'after'] as const)('nothing is remembered of a store that is away (%s)', async (outage) => {
    payments.outage = outage;
    await expect(record(fact('a'))).rejects.toThrow(Unavailable);
    expect(await seen.find(tenantId, ['a'])).toEqual([undefined]);
  });

  test('who asks again after a lost answer is told of a duplicate, and there is one payment', async () => {
    payments.outage = 'after';
    await expect(record(fact('a'))).rejects.toThrow(Unavailable);
    payments.outage = undefined;
    const [again] = await record(fact('a'));
    expect(again?.outcome).toBe('duplicate');
    expect((await payments.list(tenantId, { limit: 10 })).map(({ id }) => id)).toEqual([again?.paymentId]);
  });

  test('outcomes are counted by source', async () => {
    await record(fact('a'), fact('b'), fact('a'));
    expect(counted).toEqual([
      'payments_recorded_total webhook created 2',
      'payments_recorded_total webhook duplicate 1',
    ]);
  });

  test('nothing is nothing, and asks nobody', async () => {
    expect(await record()).toEqual([]);
    expect(payments.calls).toEqual({});
  });
});
