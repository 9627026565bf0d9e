import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { pass, settled, useFakeTime } from '../../../../tests/harness/fake-time.js';
import { wholeTenant, type Owner } from '../src/domain/owner.js';
import type { Payment } from '../src/domain/payment.js';
import { WatchPayments, type WatchOptions } from '../src/use-cases/watch-payments.js';
import { anOccasion } from '../testing/builders.js';
import { World } from './world.js';

const never = new AbortController().signal;

describe('WatchPayments', () => {
  useFakeTime();
  let world: World;
  let reads: number;
  let id: string;
  const aWatch = (options: Partial<WatchOptions> = {}): WatchPayments =>
    new WatchPayments(
      async (owner, paymentId) => {
        reads += 1;
        return (await world.repository.find(owner, [paymentId]))[0];
      },
      world.signals,
      { pollMs: 10_000, waitersMax: 10, ...options },
    );
  const watch = (watcher: WatchPayments, waitMs = 5_000, signal = never): Promise<Payment | undefined> =>
    watcher.untilEnded(wholeTenant(world.tenantId), id, waitMs, signal);
  /** Ends it silently: no signal comes. */
  const end = async (): Promise<void> => {
    await world.repository.change(wholeTenant(world.tenantId), [id], (payment) => payment.succeed(anOccasion()));
  };
  const signal = (): void => world.signals.announce([{ tenantId: world.tenantId, paymentId: id }]);
  const statusOf = async (payment: Promise<Payment | undefined>): Promise<string | undefined> =>
    (await payment)?.state.status;
  /** How many wakers a watch still holds: its only way to leak. */
  const held = (watcher: WatchPayments): number =>
    (watcher as unknown as { waiting: Map<string, unknown> }).waiting.size;
  const waiters = (watcher: WatchPayments): number => (watcher as unknown as { waiters: number }).waiters;

  beforeEach(async () => {
    world = new World();
    [id = ''] = await world.add({});
    reads = 0;
  });

  test('a payment that has ended is given at once, and one that does not exist too', async () => {
    const watcher = aWatch();
    expect(await watcher.untilEnded(wholeTenant(world.tenantId), newId(), 5_000, never)).toBeUndefined();
    expect(await watcher.untilEnded(wholeTenant('other'), id, 5_000, never)).toBeUndefined();
    await end();
    expect(await statusOf(watch(watcher))).toBe('SUCCESS');
    expect(reads).toBe(3);
  });

  test('a signal wakes all who wait for it, and nobody else', async () => {
    const watcher = aWatch();
    const [other = ''] = await world.add({});
    const waiting = [watch(watcher), watch(watcher), watch(watcher)];
    const elsewhere = watcher.untilEnded(wholeTenant(world.tenantId), other, 40, never);
    await settled();
    expect(reads).toBe(4);
    await end();
    signal();
    expect(await Promise.all(waiting.map(statusOf))).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    expect(reads).toBe(7);
    await pass(40);
    expect(await statusOf(elsewhere)).toBe('PENDING');
  });

  test('a signal of another tenant’s payment with the same id wakes nobody', async () => {
    const watcher = aWatch();
    const waiting = watch(watcher, 30);
    await settled();
    world.signals.announce([{ tenantId: 'other', paymentId: id }]);
    await settled();
    expect(reads).toBe(1);
    await pass(30);
    expect(await statusOf(waiting)).toBe('PENDING');
  });

  test('a signal that comes between the read and the wait is not missed', async () => {
    const read = async (owner: Owner, paymentId: string): Promise<Payment | undefined> => {
      reads += 1;
      const [payment] = await world.repository.find(owner, [paymentId]);
      if (reads === 1) {
        await end();
        signal();
      }
      return payment;
    };
    const watcher = new WatchPayments(read, world.signals, { pollMs: 10_000, waitersMax: 1 });
    expect(await statusOf(watch(watcher, 9_000))).toBe('SUCCESS'); // no time passes
    expect(reads).toBe(2);
  });

  test('a missed signal is made good by reading again', async () => {
    const waiting = watch(aWatch({ pollMs: 10 }));
    await settled();
    await end();
    await pass(10);
    expect(await statusOf(waiting)).toBe('SUCCESS');
    expect(reads).toBe(2);
  });

  test('a false signal only costs a read', async () => {
    const waiting = watch(aWatch(), 50);
    await settled();
    signal();
    await settled();
    expect(reads).toBe(2);
    await pass(50);
    expect(await statusOf(waiting)).toBe('PENDING');
    expect(reads).toBe(3);
  });

  test('when the time is over it gives what is', async () => {
    let given: string | undefined;
    const waiting = statusOf(watch(aWatch(), 30)).then((status) => (given = status));
    await pass(29);
    expect(given).toBeUndefined();
    await pass(1);
    await waiting;
    expect(given).toBe('PENDING');
    expect(await statusOf(watch(aWatch(), 0))).toBe('PENDING');
  });

  test('who goes away is not kept, before or while waiting', async () => {
    const watcher = aWatch();
    expect(await statusOf(watch(watcher, 5_000, AbortSignal.abort()))).toBe('PENDING');
    const leaving = new AbortController();
    const waiting = watch(watcher, 5_000, leaving.signal);
    await settled();
    leaving.abort();
    expect(await statusOf(waiting)).toBe('PENDING');
    expect(held(watcher)).toBe(0);
  });

  test('one waiter too many gets today’s state at once', async () => {
    const watcher = aWatch({ waitersMax: 2 });
    const waiting = [watch(watcher), watch(watcher)];
    expect(await statusOf(watch(watcher))).toBe('PENDING');
    await end();
    signal();
    await Promise.all(waiting);
    expect(waiters(watcher)).toBe(0);
  });

  test.each(['rejects', 'throws'])('a read that %s leaves nothing behind', async (how) => {
    const fault = new Error('the store is away');
    const read = (): Promise<undefined> => {
      if (how === 'throws') throw fault;
      return Promise.reject(fault);
    };
    const watcher = new WatchPayments(read, world.signals, { pollMs: 10, waitersMax: 1 });
    await expect(watch(watcher)).rejects.toBe(fault);
    await expect(watch(watcher)).rejects.toBe(fault);
    expect([held(watcher), waiters(watcher)]).toEqual([0, 0]);
  });

  test('leaks neither wakers, waiters nor listeners', async () => {
    const watcher = aWatch({ pollMs: 5, waitersMax: 1_000 });
    const caller = new AbortController();
    const added = jest.spyOn(caller.signal, 'addEventListener');
    const removed = jest.spyOn(caller.signal, 'removeEventListener');
    const waiting = Array.from({ length: 50 }, (_, i) => watch(watcher, i % 2 ? 20 : 5_000, caller.signal));
    await pass(30);
    await end();
    signal();
    await Promise.all(waiting);
    expect([held(watcher), waiters(watcher)]).toEqual([0, 0]);
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
    expect(world.signals.listening).toBe(1);
    watcher.close();
    expect(world.signals.listening).toBe(0);
  });
});
