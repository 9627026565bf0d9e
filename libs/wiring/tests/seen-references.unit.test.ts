import { describe, expect, test } from '@jest/globals';
import { newId, silentLogger, Unavailable } from '@ferry/kernel';
import {
  aRecording,
  InMemoryRecordedPayments,
  InMemorySeenReferences,
  seenReferencesContract,
} from '@ferry/recording/testing';
import { LayeredSeenReferences } from '../src/decorators/layered-seen-references.js';
import { WARM_REFERENCES, WarmedSeenReferences } from '../src/decorators/warmed-seen-references.js';

const held = (referenceNumber: string) => ({ referenceNumber, paymentId: newId() });

/** Tells what it was asked for. */
class Watched extends InMemorySeenReferences {
  readonly asked: string[][] = [];

  override find(tenantId: string, references: readonly string[]) {
    this.asked.push([...references]);
    return super.find(tenantId, references);
  }
}

describe('layers of references', () => {
  seenReferencesContract('LayeredSeenReferences', () =>
    Promise.resolve(new LayeredSeenReferences([new InMemorySeenReferences(), new InMemorySeenReferences()])),
  );

  test('a layer is asked only for what those before it do not know', async () => {
    const [near, far] = [new Watched(), new Watched()];
    const layers = new LayeredSeenReferences([near, far]);
    const [a, b] = [held('a'), held('b')];
    await near.remember('t', [a]);
    await far.remember('t', [b]);
    expect(await layers.find('t', ['a', 'b', 'c'])).toEqual([a.paymentId, b.paymentId, undefined]);
    expect([near.asked, far.asked]).toEqual([[['a', 'b', 'c']], [['b', 'c']]]);
    await layers.find('t', ['a']);
    expect(far.asked).toHaveLength(1);
  });

  test('what a far layer knows, the near one knows afterwards', async () => {
    const [near, far] = [new InMemorySeenReferences(), new InMemorySeenReferences()];
    const one = held('a');
    await far.remember('t', [one]);
    await new LayeredSeenReferences([near, far]).find('t', ['a']);
    expect(await near.find('t', ['a'])).toEqual([one.paymentId]);
  });

  test('without layers nothing was seen', async () => {
    const layers = new LayeredSeenReferences([]);
    await layers.remember('t', [held('a')]);
    expect(await layers.find('t', ['a'])).toEqual([undefined]);
  });
});

describe('warming', () => {
  const record = async (payments: InMemoryRecordedPayments, tenantId: string): Promise<string> => {
    const recording = aRecording({ tenantId });
    await payments.record(tenantId, [recording]);
    return recording.payment.referenceNumber;
  };

  seenReferencesContract('WarmedSeenReferences', () =>
    Promise.resolve(
      new WarmedSeenReferences(new InMemorySeenReferences(), new InMemoryRecordedPayments(), silentLogger),
    ),
  );

  test('the first question of a tenant fills the cache with what it recorded last, and waits for nothing', async () => {
    const payments = new InMemoryRecordedPayments();
    const references = [await record(payments, 't'), await record(payments, 't')];
    const seen = new WarmedSeenReferences(new InMemorySeenReferences(), payments, silentLogger);
    expect(await seen.find('t', references)).toEqual([undefined, undefined]);
    await seen.untilWarm();
    expect(await seen.find('t', references)).toEqual(await payments.holders('t', references));
    expect(payments.calls['recentReferences']).toBe(1);
  });

  test('at most so many are read, and the newest are the last to be driven out', async () => {
    const remembered: string[] = [];
    const cache = new InMemorySeenReferences();
    cache.remember = (_, all) => Promise.resolve(void remembered.push(...all.map((one) => one.referenceNumber)));
    const recentReferences = (_: string, limit: number) => Promise.resolve([held('newest'), held(`of ${limit}`)]);
    const seen = new WarmedSeenReferences(cache, { recentReferences }, silentLogger);
    await seen.find('t', ['a']);
    await seen.untilWarm();
    expect(remembered).toEqual([`of ${WARM_REFERENCES}`, 'newest']);
  });

  test('tenants are warmed one after the other', async () => {
    let [running, most] = [0, 0];
    const recentReferences = async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return [];
    };
    const seen = new WarmedSeenReferences(new InMemorySeenReferences(), { recentReferences }, silentLogger);
    await Promise.all(['t', 'u', 'v', 't'].map((tenantId) => seen.find(tenantId, ['a'])));
    await seen.untilWarm();
    expect([running, most]).toEqual([0, 1]);
  });

  test('a tenant that could not be warmed is warmed with its next question, and nobody hears of it', async () => {
    const payments = new InMemoryRecordedPayments();
    const reference = await record(payments, 't');
    const seen = new WarmedSeenReferences(new InMemorySeenReferences(), payments, silentLogger);
    payments.outage = 'before';
    await expect(payments.recentReferences('t', 1)).rejects.toThrow(Unavailable);
    expect(await seen.find('t', [reference])).toEqual([undefined]);
    await seen.untilWarm();
    payments.outage = undefined;
    await seen.find('t', [reference]);
    await seen.untilWarm();
    expect(await seen.find('t', [reference])).not.toEqual([undefined]);
  });
});
