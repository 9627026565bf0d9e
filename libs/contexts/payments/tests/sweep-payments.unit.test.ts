import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { SweepPayments } from '../src/use-cases/sweep-payments.js';
import { CancelPayment } from '../src/use-cases/cancel-payment.js';
import { World } from './world.js';

const options = { depthMax: 100, batchMax: 10, againAfterMs: 60_000 };

describe('SweepPayments', () => {
  let world: World;
  const sweep = (): Promise<{ announced: number; more: boolean }> =>
    new SweepPayments(world.repository, world.queue, world.clock, options).run();
  const announced = (): string[] => world.queue.published.map(({ paymentId }) => paymentId);
  const add = (count: number): Promise<string[]> => world.add(...Array.from({ length: count }, () => ({})));

  beforeEach(() => {
    world = new World();
  });

  test('an empty store: nothing to announce', async () => {
    expect(await sweep()).toEqual({ announced: 0, more: false });
  });

  test('announces what is due, once, with its tenant and origin', async () => {
    const [id = ''] = await add(1);
    const { origin } = await world.state(id);
    expect(await sweep()).toEqual({ announced: 1, more: false });
    expect(world.queue.published).toEqual([{ tenantId: world.tenantId, paymentId: id, origin, attempt: 0 }]);
    expect(await sweep()).toEqual({ announced: 0, more: false });
    world.clock.advance(options.againAfterMs);
    expect(await sweep()).toEqual({ announced: 1, more: false });
  });

  test('at most a batch at a time, oldest first, and says that there is more', async () => {
    const ids = await add(25);
    expect(await sweep()).toEqual({ announced: 10, more: true });
    expect(await sweep()).toEqual({ announced: 10, more: true });
    expect(await sweep()).toEqual({ announced: 5, more: false });
    expect(announced()).toEqual(ids);
  });

  test.each([
    [0, 10, true],
    [95, 5, true],
    [99, 1, true],
    [100, 0, false],
    [250, 0, false],
    [undefined, 0, false],
  ])('with %p messages in the queue it announces %i', async (depth, expected, more) => {
    await add(20);
    world.queue.waiting = depth;
    expect(await sweep()).toEqual({ announced: expected, more });
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
    expect(await sweep()).toEqual({ announced: 9, more: false });
    world.queue.takes = () => true;
    world.clock.advance(options.againAfterMs);
    await sweep();
    expect(announced()).toContain(ids[0]);
  });

  test('sweepers that run at once announce each payment once', async () => {
    const ids = await add(30);
    await Promise.all([sweep(), sweep(), sweep(), sweep()]);
    expect(announced().toSorted()).toEqual(ids.toSorted());
  });

  test('what ended or was parked is not announced', async () => {
    const [ended = '', parked = '', due = ''] = await add(3);
    await new CancelPayment(world.repository, world.signals, world.clock, newId).execute(world.tenantId, ended);
    await world.repository.change(world.tenantId, [parked], (payment) => payment.park(world.clock.now(), 'poison'));
    await sweep();
    expect(announced()).toEqual([due]);
  });

  test('a clock that is set back announces later, loses nothing', async () => {
    const ids = await add(2);
    world.clock.advance(-3_600_000);
    expect(await sweep()).toEqual({ announced: 0, more: false });
    world.clock.advance(3_600_000);
    expect(await sweep()).toEqual({ announced: 2, more: false });
    expect(announced()).toEqual(ids);
  });

  test('a store that is away rejects, and nothing is announced', async () => {
    await add(1);
    world.repository.outage = 'before';
    await expect(sweep()).rejects.toThrow('postgres is unavailable');
    expect(announced()).toEqual([]);
  });
});
