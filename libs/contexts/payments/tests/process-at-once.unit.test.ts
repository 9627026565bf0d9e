import { describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { settled } from '../../../../tests/harness/fake-time.js';
import { wholeTenant } from '../src/domain/owner.js';
import type { PaymentState } from '../src/domain/payment.js';
import type { Settlement } from '../src/ports/rail.js';
import { anOccasion, later, type Given } from '../testing/builders.js';
import { ScriptedRail } from '../testing/scripted-rail.js';
import { delayOf, processOptions, RecordingLogger, World } from './world.js';

const done = { outcome: 'done' };
const poisonous = ({ reference }: PaymentState): Settlement => {
  if (reference.startsWith('poison')) throw new Error('the rail chokes on it');
  return { outcome: 'succeeded', providerReference: `near-${reference}` };
};
const near = (atOnce: (payment: PaymentState) => Settlement | undefined = poisonous): ScriptedRail =>
  new ScriptedRail('near', { atOnce });

describe('a rail that decides at once', () => {
  test('settles in one transaction: one event, one attempt, no call', async () => {
    const rail = near();
    const world = new World([rail]);
    const [id = ''] = await world.add({ reference: 'r' });
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.state(id)).toMatchObject({
      status: 'SUCCESS',
      providerReference: 'near-r',
      attempts: 1,
      version: 2,
    });
    expect(world.told(id)).toEqual(['payment.created', 'payment.succeeded']);
    expect([...rail.sent, ...rail.asked]).toEqual([]);
    expect(world.signals.announced).toEqual([id]);
  });

  test('fails with the reason it gives', async () => {
    const world = new World([near(() => ({ outcome: 'failed', reason: 'limit_exceeded' }))]);
    const [id = ''] = await world.add({});
    expect(await world.handle(id)).toEqual([done]);
    expect(await world.state(id)).toMatchObject({ status: 'FAILED', reason: 'limit_exceeded' });
    expect(world.signals.announced).toEqual([id]);
  });

  test('a batch is one transaction, and each of its payments is told', async () => {
    const world = new World([near()]);
    const ids = await world.add(...Array.from({ length: 50 }, () => ({})));
    expect(await world.handle(...ids)).toEqual(ids.map(() => done));
    for (const id of ids) expect(world.told(id)).toEqual(['payment.created', 'payment.succeeded']);
  });

  test('the same message many times, in one batch and in many at once: one effect', async () => {
    const world = new World([near()]);
    const [id = '', other = ''] = await world.add({}, {});
    const batches = await Promise.all(Array.from({ length: 20 }, () => world.handle(id, id, other, id)));
    expect(batches.flat()).toEqual(Array.from({ length: 80 }, () => done));
    for (const one of [id, other]) expect(world.told(one)).toEqual(['payment.created', 'payment.succeeded']);
    expect(world.signals.announced.toSorted()).toEqual([id, other].sort());
  });

  test.each(['SUCCESS', 'FAILED', 'CANCELLED', 'parked', 'leased', 'postponed', 'missing'])(
    'nothing to do is done: %s',
    async (how) => {
      const world = new World([near()]);
      const [id = ''] = await world.add({});
      const now = world.clock.now();
      await world.repository.change(wholeTenant(world.tenantId), [id], (payment) => {
        if (how === 'SUCCESS') return payment.succeed(anOccasion());
        if (how === 'FAILED') return payment.fail(anOccasion(), 'declined');
        if (how === 'CANCELLED') return payment.cancel(anOccasion());
        if (how === 'parked') return payment.park(now, 'poison');
        if (how === 'leased') return payment.takeUp(anOccasion(), later(now, 1));
        if (how === 'postponed') return payment.countAttempt(now).postpone(now, later(now, 1));
        return undefined;
      });
      const before = await world.state(id);
      const message = world.message(id, how === 'missing' ? { tenantId: 'other' } : {});
      expect(await world.worker().handle([message])).toEqual([done]);
      expect(await world.state(id)).toEqual(before);
    },
  );

  test('no messages, no outcomes', async () => {
    expect(await new World().handle()).toEqual([]);
  });

  test('messages of several tenants: each in its own, outcomes in the order of the messages', async () => {
    const world = new World([near()]);
    const tenants = ['a', 'b', 'c'];
    const givens = Array.from({ length: 9 }, (_, i): Given => ({
      tenantId: tenants[i % 3],
      reference: i === 4 ? 'poison' : `r${i}`,
    }));
    const ids = await world.add(...givens);
    const messages = ids.map((id, i) => world.message(id, { tenantId: tenants[i % 3] }));
    const outcomes = await world.handleBy(world.worker(), messages);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(ids.map((_, i) => (i === 4 ? 'retry' : 'done')));
    for (const [i, id] of ids.entries())
      expect((await world.state(id, tenants[i % 3])).status).toBe(i === 4 ? 'PENDING' : 'SUCCESS');
  });
});

describe('poison', () => {
  test('is tried so many times, ever later, then parked and given up; its batch goes on', async () => {
    const world = new World([near()]);
    const [bad = '', ...good] = await world.add({ reference: 'poison' }, {}, {});
    expect(await world.handle(bad, ...good)).toEqual([{ outcome: 'retry', delayMs: delayOf(1) }, done, done]);
    for (let attempt = 2; attempt < processOptions.attemptsMax; attempt += 1) {
      expect(await world.handle(bad)).toEqual([done]);
      world.clock.advance(delayOf(attempt - 1));
      expect(await world.handle(bad)).toEqual([{ outcome: 'retry', delayMs: delayOf(attempt) }]);
      expect(await world.state(bad)).toMatchObject({ status: 'PENDING', attempts: attempt });
    }
    world.clock.advance(delayOf(3));
    const reason = 'rail near: the rail chokes on it';
    expect(await world.handle(bad)).toEqual([{ outcome: 'give-up', reason }]);
    expect(await world.state(bad)).toMatchObject({ status: 'PENDING', attention: reason, nextAttemptAt: undefined });
    expect(world.told(bad)).toEqual(['payment.created']);
    world.clock.advance(1e9);
    expect(await world.swept()).toEqual([]);
    expect(await world.handle(bad)).toEqual([done]);
  });

  test('a rail that is not here is no failure of the payment: retried, then parked', async () => {
    const world = new World([near()]);
    const [id = ''] = await world.add({ rail: 'carrier-pigeon' });
    for (let attempt = 1; attempt < processOptions.attemptsMax; attempt += 1) {
      expect(await world.handle(id)).toEqual([{ outcome: 'retry', delayMs: delayOf(attempt) }]);
      world.clock.advance(delayOf(attempt));
    }
    const reason = 'no rail carrier-pigeon here';
    expect(await world.handle(id)).toEqual([{ outcome: 'give-up', reason }]);
    expect(await world.state(id)).toMatchObject({ status: 'PENDING', attention: reason });
  });

  test('a rail named like a property of every object is not here either', async () => {
    const world = new World([near()]);
    const ids = await world.add({ rail: 'constructor' }, { rail: '__proto__' });
    expect((await world.handle(...ids)).map(({ outcome }) => outcome)).toEqual(['retry', 'retry']);
  });
});

describe('a store that chokes on one payment', () => {
  const choking = async (): Promise<{ world: World; ids: string[]; bad: string }> => {
    const world = new World([near()]);
    const ids = await world.add(...Array.from({ length: 10 }, () => ({})));
    const bad = ids[6] ?? '';
    world.repository.failOn = (payment) => payment.id === bad && payment.status !== 'PENDING';
    return { world, ids, bad };
  };

  test('settles all the others', async () => {
    const { world, ids, bad } = await choking();
    const outcomes = await world.handle(...ids);
    expect(outcomes).toEqual(ids.map((id) => (id === bad ? { outcome: 'retry', delayMs: delayOf(1) } : done)));
    for (const id of ids) expect((await world.state(id)).status).toBe(id === bad ? 'PENDING' : 'SUCCESS');
  });

  test('is given up and parked after the attempts that its messages count', async () => {
    const { world, bad } = await choking();
    const logger = new RecordingLogger();
    const worker = world.worker(world.rails, logger);
    const outcomes = [];
    for (let attempt = 0; attempt < 4; attempt += 1)
      outcomes.push(...(await world.handleBy(worker, [world.message(bad, { attempt })])));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'retry', 'give-up']);
    expect((await world.state(bad)).attention).toContain('cannot write');
    expect(await world.swept()).not.toContain(bad);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(4);
  });

  test('is given up even if it cannot be parked', async () => {
    const { world, bad } = await choking();
    world.repository.failOn = ({ id }) => id === bad;
    expect(await world.worker().handle([world.message(bad, { attempt: 3 })])).toMatchObject([{ outcome: 'give-up' }]);
    const { status, attention } = await world.state(bad);
    expect({ status, attention }).toEqual({ status: 'PENDING', attention: undefined });
  });
});

describe('a store that is away', () => {
  test.each(['before', 'after'] as const)('rejects all, and all may come again (%s the commit)', async (outage) => {
    const world = new World([near()]);
    const ids = await world.add({}, {});
    world.repository.outage = outage;
    await expect(world.handle(...ids)).rejects.toThrow(Unavailable);
    world.repository.outage = undefined;
    expect(await world.handle(...ids)).toEqual([done, done]);
    for (const id of ids) expect(world.told(id)).toEqual(['payment.created', 'payment.succeeded']);
  });

  test('rejects when everything it had begun has ended', async () => {
    const world = new World([near()]);
    const [here = '', there = ''] = await world.add({}, { tenantId: 'slow' });
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const change = world.repository.change.bind(world.repository);
    world.repository.change = async (owner, ids, decide) => {
      if (owner.tenantId === world.tenantId) throw new Unavailable('postgres');
      await opened;
      return change(owner, ids, decide);
    };
    let ended = false;
    const handling = world
      .worker()
      .handle([world.message(here), world.message(there, { tenantId: 'slow' })])
      .finally(() => (ended = true));
    handling.catch(() => {});
    await settled();
    expect(ended).toBe(false);
    open();
    await expect(handling).rejects.toThrow(Unavailable);
    expect(await world.state(there, 'slow')).toMatchObject({ status: 'SUCCESS' });
  });
});
