import { describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { wholeTenant } from '../src/domain/owner.js';
import type { PaymentState } from '../src/domain/payment.js';
import type { RailAnswer } from '../src/ports/rail.js';
import { anOccasion, later } from '../testing/builders.js';
import { absent, hang, ScriptedRail, succeeded, unknown, type RailScript } from '../testing/scripted-rail.js';
import { delayOf, processOptions, RecordingLogger, World } from './world.js';

const done = { outcome: 'done' };
const retry = (attempt: number): object => ({ outcome: 'retry', delayMs: delayOf(attempt) });
const far = (script: RailScript = {}, options = processOptions): { world: World; rail: ScriptedRail } => {
  const rail = new ScriptedRail('far', script);
  return { rail, world: new World([rail], options) };
};
/** For rails that never answer. */
const impatient = { ...processOptions, railTimeoutMs: 50 };
const life = ['payment.created', 'payment.processing', 'payment.succeeded'];

describe('a rail that must be called', () => {
  test('is sent a leased payment, outside the lock, and its answer settles it', async () => {
    const { world, rail } = far({
      send: async ({ id }) => {
        const state = await world.state(id);
        expect(state).toMatchObject({ status: 'PROCESSING', attempts: 1, version: 2 });
        expect(state.leaseUntil).toEqual(later(world.clock.now(), processOptions.leaseMs));
        // Nobody holds the row while we wait: it can be locked.
        await world.repository.change(wholeTenant(world.tenantId), [id], () => undefined);
        return succeeded(`far-${id}`);
      },
    });
    const [id = ''] = await world.add({});
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ status: 'SUCCESS', providerReference: `far-${id}`, attempts: 1 });
    expect(world.told(id)).toEqual(life);
    expect(rail.sent).toEqual([id]);
    expect(world.signals.announced).toEqual([id]);
  });

  test('what it refuses has failed, with its reason', async () => {
    const { world } = far({ send: () => ({ outcome: 'failed', reason: 'payer_declined' }) });
    const [id = ''] = await world.add({});
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ status: 'FAILED', reason: 'payer_declined' });
  });

  test('may settle some at once and be sent the rest', async () => {
    const rail = new ScriptedRail('both', {
      atOnce: ({ reference }) => (reference === 'small' ? { outcome: 'succeeded' } : undefined),
    });
    const world = new World([rail]);
    const [small = '', large = ''] = await world.add({ reference: 'small' }, { reference: 'large' });
    expect(await world.handle(small, large)).toEqual([done, done]);
    expect(rail.sent).toEqual([large]);
    expect(world.told(small)).toEqual(['payment.created', 'payment.succeeded']);
    expect(world.told(large)).toEqual(life);
  });

  test('two workers with the same message: sent once', async () => {
    const { world, rail } = far();
    const ids = await world.add({}, {}, {});
    await Promise.all(Array.from({ length: 20 }, (_, i) => world.handle(...(i % 2 ? ids : ids.toReversed()))));
    expect(rail.sent.toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(world.told(id)).toEqual(life);
  });

  test('two rails are called side by side; one that breaks does not disturb the other', async () => {
    const broken = new ScriptedRail('broken', { send: () => Promise.reject(new Error('down')) });
    const sound = new ScriptedRail('sound');
    const world = new World([broken, sound]);
    const [a = '', b = ''] = await world.add({ rail: 'broken' }, { rail: 'sound' });
    expect(await world.handle(a, b)).toEqual([retry(1), done]);
    expect((await world.state(a)).status).toBe('PROCESSING');
    expect((await world.state(b)).status).toBe('SUCCESS');
  });
});

describe('unknown is not failed', () => {
  const noAnswers: readonly [string, RailScript['send'], string][] = [
    ['it says so', () => unknown('502'), '502'],
    ['it does not answer in time', (_, signal) => hang(signal), 'no answer within 50 ms'],
    ['it ignores that time is up', () => new Promise(() => {}), 'no answer within 50 ms'],
    ['it rejects', () => Promise.reject(new Error('ECONNRESET')), 'ECONNRESET'],
    ['it rejects with something odd', () => Promise.reject('odd' as unknown as Error), 'odd'],
    ['it throws', () => { throw new Error('a bug'); }, 'a bug'], // prettier-ignore
    ['it says that it has never seen what it was just sent', () => absent, 'does not know it'],
  ];
  test.each(noAnswers)('%s: PROCESSING, asked later, late success settles it', async (_, send, detail) => {
    let known: RailAnswer = unknown(detail);
    const { world, rail } = far({ send: send as NonNullable<RailScript['send']>, ask: () => known }, impatient);
    const [id = ''] = await world.add({});
    expect(await world.handle(id)).toEqual([retry(1)]);
    expect(await world.state(id)).toMatchObject({ status: 'PROCESSING', leaseUntil: undefined, attention: undefined });
    expect(await world.handle(id)).toEqual([done]);
    world.clock.advance(delayOf(1));
    expect(await world.handle(id)).toEqual([retry(2)]);
    world.clock.advance(delayOf(2));
    expect(await world.handle(id)).toEqual([retry(3)]);
    expect((await world.state(id)).attention).toContain(detail);
    world.clock.advance(delayOf(3));
    known = succeeded('late');
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ status: 'SUCCESS', providerReference: 'late', attention: undefined });
    expect(rail.sent).toEqual([id]);
    expect(rail.asked).toEqual([id, id, id]);
    expect(world.told(id)).toEqual(life);
  });

  test('unknown for ever: operators are told, it is asked for ever, it never fails and is never given up', async () => {
    const { world, rail } = far({ send: () => unknown(), ask: () => unknown('still 502') });
    const [id = ''] = await world.add({});
    for (let attempt = 1; attempt <= 40; attempt += 1) {
      const [outcome] = await world.handle(id);
      expect(outcome).toMatchObject({ outcome: 'retry' });
      const { status, attention, nextAttemptAt, attempts } = await world.state(id);
      expect({ status, attempts }).toEqual({ status: 'PROCESSING', attempts: attempt });
      expect(attention !== undefined).toBe(attempt >= processOptions.unknownAttentionAfter);
      expect(nextAttemptAt).toBeDefined();
      world.clock.advance(processOptions.retry.maxMs);
    }
    expect(await world.swept()).toEqual([id]);
    expect(rail.sent).toHaveLength(1);
    expect(world.told(id)).toEqual(['payment.created', 'payment.processing']);
  });

  const broken = (): Promise<never> => Promise.reject(new Error('a bug'));
  test.each<[string, () => unknown]>([
    ['it throws for all of them', () => { throw new Error('a bug'); }], // prettier-ignore
    ['too few answers', () => []],
    ['too many answers, so that nobody knows whose they are', () => [succeeded(), succeeded(), broken()]],
    ['no array', () => undefined],
    ['one rejection for all of them', broken],
    ['garbage', () => [{}, null]],
  ])('%s', async (_, answers) => {
    const { world, rail } = far();
    rail.send = answers as typeof rail.send;
    const ids = await world.add({}, {});
    expect(await world.handle(...ids)).toEqual([retry(1), retry(1)]);
    for (const id of ids) expect(await world.state(id)).toMatchObject({ status: 'PROCESSING', leaseUntil: undefined });
  });

  test('a payment that is never answered does not take the answers of its batch away', async () => {
    const send = async ({ reference }: PaymentState, signal: AbortSignal): Promise<RailAnswer> => {
      if (reference === 'slow') await hang(signal).catch(() => {});
      return reference === 'slow' ? unknown() : succeeded();
    };
    const { world } = far({ send }, impatient);
    const [slow = '', quick = ''] = await world.add({ reference: 'slow' }, { reference: 'quick' });
    expect(await world.handle(slow, quick)).toEqual([retry(1), done]);
    expect((await world.state(quick)).status).toBe('SUCCESS');
    expect((await world.state(slow)).status).toBe('PROCESSING');
  });
});

describe('crashes', () => {
  /** A worker that dies after its lease is committed: it never calls the rail. */
  const crashAfterLease = async (world: World, id: string): Promise<void> => {
    const leaseUntil = later(world.clock.now(), processOptions.leaseMs);
    await world.repository.change(wholeTenant(world.tenantId), [id], (payment) =>
      payment.takeUp(anOccasion(world.clock.now()), leaseUntil),
    );
  };

  test('between lease and call: after the lease it is asked for, is absent, and is sent under the same id', async () => {
    const { world, rail } = far();
    const [id = ''] = await world.add({});
    await crashAfterLease(world, id);
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.swept()).toEqual([]);
    world.clock.advance(processOptions.leaseMs);
    expect(await world.swept()).toEqual([id]);
    expect(await world.handle(id)).toEqual([done]);
    expect(rail.asked).toEqual([id]);
    expect(rail.sent).toEqual([id]);
    expect(await world.state(id)).toMatchObject({ status: 'SUCCESS', attempts: 2 });
    expect(world.told(id)).toEqual(life);
  });

  test('between call and answer: after the lease the rail is asked and tells; nothing is sent again', async () => {
    const { world, rail } = far();
    const [id = ''] = await world.add({});
    await crashAfterLease(world, id);
    rail.moved.add(id);
    world.clock.advance(processOptions.leaseMs);
    expect(await world.handle(id)).toEqual([done]);
    expect(rail.sent).toEqual([]);
    expect((await world.state(id)).status).toBe('SUCCESS');
  });

  test('between answer and commit: the store is away, the message comes again, the rail is asked', async () => {
    const { world, rail } = far({
      send: () => {
        world.repository.outage = 'before';
        return succeeded();
      },
    });
    const [id = ''] = await world.add({});
    await expect(world.handle(id)).rejects.toThrow(Unavailable);
    world.repository.outage = undefined;
    expect(await world.handle(id)).toEqual([done]);
    expect((await world.state(id)).status).toBe('PROCESSING');
    world.clock.advance(processOptions.leaseMs);
    expect(await world.handle(id)).toEqual([done]);
    expect(rail.sent).toEqual([id]);
    expect(rail.asked).toEqual([id]);
    expect(world.told(id)).toEqual(life);
  });

  test('absent, then no answer to the second send: asked again later', async () => {
    let sends = 0;
    const { world, rail } = far({ send: () => (++sends === 1 ? unknown('503') : succeeded()), ask: () => absent });
    const [id = ''] = await world.add({});
    await crashAfterLease(world, id);
    world.clock.advance(processOptions.leaseMs);
    expect(await world.handle(id)).toEqual([retry(2)]);
    world.clock.advance(delayOf(2));
    expect(await world.handle(id)).toEqual([done]);
    expect(rail.sent).toEqual([id, id]);
    expect((await world.state(id)).status).toBe('SUCCESS');
  });
});

describe('a worker that was held up beyond its lease', () => {
  /** The first worker's call ends when the test says so; meanwhile its lease runs out. */
  const heldUp = async (
    late: RailAnswer,
  ): Promise<{ world: World; id: string; finish: () => Promise<unknown>; second: () => Promise<unknown> }> => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<RailAnswer>();
    const { promise: asked, resolve: answerAsk } = Promise.withResolvers<RailAnswer>();
    const { world, rail } = far({ send: () => answered, ask: () => asked });
    const [id = ''] = await world.add({});
    const first = world.handle(id);
    while (rail.sent.length === 0) await Promise.resolve();
    world.clock.advance(processOptions.leaseMs);
    const secondHandles = world.handle(id);
    while (rail.asked.length === 0) await Promise.resolve();
    return {
      world,
      id,
      finish: () => (answer(late), first),
      second: () => (answerAsk(succeeded('told when asked')), secondHandles),
    };
  };

  test('brings an ending all the same', async () => {
    const { world, id, finish, second } = await heldUp(succeeded('late'));
    expect(await finish()).toEqual([done]);
    expect(await second()).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ status: 'SUCCESS', providerReference: 'late' });
    expect(world.told(id)).toEqual(life);
  });

  test('but does not take the lease of the one that asks now, if it knows nothing', async () => {
    const { world, id, finish, second } = await heldUp(unknown());
    const leased = await world.state(id);
    expect(await finish()).toEqual([done]);
    expect(await world.state(id)).toEqual(leased);
    expect(await second()).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ status: 'SUCCESS', providerReference: 'told when asked' });
  });
});

describe('a store that chokes on one answer', () => {
  const choking = async (): Promise<{ world: World; ids: string[]; bad: string; rail: ScriptedRail }> => {
    const { world, rail } = far({ send: ({ reference }) => succeeded(reference) });
    const ids = await world.add(...Array.from({ length: 8 }, (_, i) => ({ reference: `r${i}` })));
    const bad = ids[3] ?? '';
    world.repository.failOn = ({ id, status }) => id === bad && status === 'SUCCESS';
    return { world, ids, bad, rail };
  };

  test('settles all the others', async () => {
    const { world, ids, bad, rail } = await choking();
    const outcomes = await world.handle(...ids);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(ids.map((id) => (id === bad ? 'retry' : 'done')));
    for (const id of ids) expect((await world.state(id)).status).toBe(id === bad ? 'PROCESSING' : 'SUCCESS');
    expect(rail.sent).toHaveLength(8);
  });

  test('is given up and parked after so many attempts, and the money moved once', async () => {
    const { world, bad, rail } = await choking();
    const outcomes: unknown[] = [];
    const logger = new RecordingLogger();
    for (let attempt = 1; attempt <= processOptions.attemptsMax; attempt += 1) {
      outcomes.push(...(await world.handleBy(world.worker(world.rails, logger), [world.message(bad)])));
      world.clock.advance(processOptions.leaseMs);
    }
    const reason = expect.stringContaining('cannot write payment');
    expect(outcomes.slice(0, -1)).toEqual([1, 2, 3].map(retry));
    expect(outcomes.at(-1)).toEqual({ outcome: 'give-up', reason });
    expect(await world.state(bad)).toMatchObject({ status: 'PROCESSING', attention: reason, nextAttemptAt: undefined });
    expect(rail.sent).toEqual([bad]);
    expect(await world.swept()).not.toContain(bad);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(processOptions.attemptsMax);
  });
});

describe('the clock', () => {
  test('set back an hour: a new payment is processed all the same', async () => {
    const { world } = far();
    const [id = ''] = await world.add({});
    world.clock.advance(-3_600_000);
    expect(await world.handle(id)).toEqual([done]);
    expect((await world.state(id)).status).toBe('SUCCESS');
  });

  test('set back while the rail has it: the answer settles it', async () => {
    const { world } = far({
      send: () => {
        world.clock.advance(-3_600_000);
        return succeeded();
      },
    });
    const [id = ''] = await world.add({});
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ status: 'SUCCESS', version: 3 });
  });

  test('set back under a lease: the lease is not taken twice, and is not lost', async () => {
    const { world, rail } = far({ send: () => unknown(), ask: () => unknown() });
    const [id = ''] = await world.add({});
    await world.handle(id);
    const { nextAttemptAt } = await world.state(id);
    world.clock.advance(-3_600_000);
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ attempts: 1, nextAttemptAt });
    world.clock.advance(3_600_000 + delayOf(1));
    expect(await world.handle(id)).toMatchObject([{ outcome: 'retry' }]);
    expect([rail.sent.length, rail.asked.length]).toEqual([1, 1]);
  });

  test('set forward an hour while the rail has it: asked, not sent, by whoever thinks the lease is over', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<RailAnswer>();
    const { world, rail } = far({ send: () => answered, ask: () => unknown('in progress') });
    const [id = ''] = await world.add({});
    const first = world.handle(id);
    while (rail.sent.length === 0) await Promise.resolve();
    world.clock.advance(3_600_000);
    expect(await world.handle(id)).toEqual([retry(2)]);
    answer(succeeded());
    expect(await first).toEqual([done]);
    expect(rail.sent).toEqual([id]);
    expect(world.told(id)).toEqual(life);
  });

  test('is the only source of time: what is stored carries its time and no other', async () => {
    const { world } = far({ send: () => unknown() });
    const [id = ''] = await world.add({});
    world.clock.advance(5_000);
    const now = world.clock.now();
    await world.handle(id);
    expect(await world.state(id)).toMatchObject({ updatedAt: now, nextAttemptAt: later(now, delayOf(1)) });
    expect((await world.repository.history(wholeTenant(world.tenantId), id)).map(({ at }) => at)).toEqual([
      later(now, -5_000),
      now,
    ]);
  });
});
