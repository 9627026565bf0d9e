import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { wholeTenant } from '../src/domain/owner.js';
import type { PaymentMessage } from '../src/ports/payment-queue.js';
import { SweepPayments, type Swept } from '../src/use-cases/sweep-payments.js';
import { CancelPayment } from '../src/use-cases/cancel-payment.js';
import { World } from './world.js';

const options = { aheadMax: 100, batchMax: 10, againAfterMs: 60_000 };

describe('SweepPayments', () => {
  let world: World;
  let sweeper: SweepPayments;
  const sweep = (): Promise<Swept> => sweeper.run();
  const swept = (announced: number, more = false, full = false): Swept => ({ announced, more, full });
  const announced = (): string[] => world.queue.published.map(({ paymentId }) => paymentId);
  const add = (count: number): Promise<string[]> => world.add(...Array.from({ length: count }, () => ({})));

  beforeEach(() => {
    world = new World();
    sweeper = new SweepPayments(world.repository, world.queue, world.clock, options);
  });

  test('an empty store: nothing to announce', async () => {
    expect(await sweep()).toEqual(swept(0));
  });

  test('announces what is due, once, with its tenant and origin', async () => {
    const [id = ''] = await add(1);
    const { origin } = await world.state(id);
    expect(await sweep()).toEqual(swept(1));
    expect(world.queue.published).toEqual([{ tenantId: world.tenantId, paymentId: id, origin, attempt: 0 }]);
    expect(await sweep()).toEqual(swept(0));
    world.clock.advance(options.againAfterMs);
    expect(await sweep()).toEqual(swept(1));
  });

  test('at most a batch at a time, oldest first, and says that there is more', async () => {
    const ids = await add(25);
    expect(await sweep()).toEqual(swept(10, true));
    expect(await sweep()).toEqual(swept(10, true));
    expect(await sweep()).toEqual(swept(5));
    expect(announced()).toEqual(ids);
  });

  test.each([
    [0, 10],
    [95, 5],
    [99, 1],
    [100, 0],
    [250, 0],
    [undefined, 0],
  ])('with %p messages ahead it announces %i, and says what hinders it', async (ahead, expected) => {
    await add(20);
    const waiting = (): number | undefined => ahead && ahead + announced().length;
    world.queue.ahead = waiting;
    const full = (waiting() ?? Infinity) + expected >= options.aheadMax;
    expect(await sweep()).toEqual(swept(expected, !full, full));
    expect(announced()).toHaveLength(expected);
  });

  test('without room nothing is claimed, so nothing has to wait later', async () => {
    const ids = await add(3);
    world.queue.waiting = undefined;
    await sweep();
    world.queue.waiting = 0;
    await sweep();
    expect(announced()).toEqual(ids);
  });

  test('what the queue did not take is not counted, and comes again later', async () => {
    const ids = await add(10);
    world.queue.takes = ({ paymentId }) => paymentId !== ids[0];
    expect(await sweep()).toEqual(swept(9));
    world.queue.takes = () => true;
    world.clock.advance(options.againAfterMs);
    await sweep();
    expect(announced()).toContain(ids[0]);
  });

  test('sweepers that run at once announce each payment once', async () => {
    const ids = await add(30);
    const another = (): Promise<Swept> => new SweepPayments(world.repository, world.queue, world.clock, options).run();
    await Promise.all([another(), another(), another(), another()]);
    expect(announced().toSorted()).toEqual(ids.toSorted());
  });

  test('what ended or was parked is not announced', async () => {
    const [ended = '', parked = '', due = ''] = await add(3);
    await new CancelPayment(world.repository, world.signals, world.clock, newId).execute(
      wholeTenant(world.tenantId),
      ended,
    );
    await world.repository.change(wholeTenant(world.tenantId), [parked], (payment) =>
      payment.park(world.clock.now(), 'poison'),
    );
    await sweep();
    expect(announced()).toEqual([due]);
  });

  test('a clock that is set back announces later, loses nothing', async () => {
    const ids = await add(2);
    world.clock.advance(-3_600_000);
    expect(await sweep()).toEqual(swept(0));
    world.clock.advance(3_600_000);
    expect(await sweep()).toEqual(swept(2));
    expect(announced()).toEqual(ids);
  });

  test('a store that is away rejects, and nothing is announced', async () => {
    await add(1);
    world.repository.outage = 'before';
    await expect(sweep()).rejects.toThrow('postgres is unavailable');
    expect(announced()).toEqual([]);
  });

  describe('with several tenants', () => {
    const of = (tenantId: string, count: number): Promise<string[]> =>
      world.add(...Array.from({ length: count }, () => ({ tenantId })));
    const tenants = (messages: readonly PaymentMessage[]): string[] => messages.map(({ tenantId }) => tenantId);
    /** What the next sweep announces, by tenant. */
    const next = async (): Promise<Record<string, number>> => {
      const before = world.queue.published.length;
      await sweep();
      const fresh = tenants(world.queue.published.slice(before));
      return Object.fromEntries([...Map.groupBy(fresh, (one) => one)].map(([one, all]) => [one, all.length]));
    };

    test('each has its share, and those for whom nothing was left are the first of the next sweep', async () => {
      sweeper = new SweepPayments(world.repository, world.queue, world.clock, { ...options, batchMax: 30 });
      for (const tenantId of ['a', 'b', 'c', 'd']) await of(tenantId, 30);
      expect(await next()).toEqual({ a: 10, b: 10, c: 10 });
      expect(await next()).toEqual({ d: 10, a: 10, b: 10 });
      expect(await next()).toEqual({ c: 10, d: 10, a: 10 });
    });

    test('alone one has all of it', async () => {
      sweeper = new SweepPayments(world.repository, world.queue, world.clock, { ...options, batchMax: 30 });
      await of('a', 60);
      expect(await next()).toEqual({ a: 30 });
    });

    test('a queue that gets full in the middle of a sweep does not turn the line round', async () => {
      for (const tenantId of ['a', 'b', 'c']) await of(tenantId, 30);
      let handled = 0;
      world.queue.ahead = () => 90 + world.queue.published.length - handled;
      expect(await next()).toEqual({ a: 10 });
      handled = 10;
      expect(await next()).toEqual({ b: 10 });
      handled = 20;
      expect(await next()).toEqual({ c: 10 });
    });

    test('who is new waits for no more than one turn of others', async () => {
      sweeper = new SweepPayments(world.repository, world.queue, world.clock, { ...options, batchMax: 50 });
      for (const tenantId of ['a', 'b', 'c', 'd', 'e']) await of(tenantId, 30);
      await sweep();
      await of('z', 1);
      await new Promise((resolve) => setTimeout(resolve, 210)); // new ones are looked for only so often
      await sweep();
      expect(tenants(world.queue.published).slice(50, 61)).toContain('z');
    });

    test('one that has no room does not hold up the others', async () => {
      await of('a', 5);
      await of('b', 5);
      world.queue.ahead = (tenantId?: string) => (tenantId === 'a' ? undefined : 0);
      expect(await next()).toEqual({ b: 5 });
    });
  });
});
