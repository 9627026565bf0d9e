import { describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { pass, settled, useFakeTime } from '../../../../tests/harness/fake-time.js';
import type { PaymentState } from '../src/domain/payment.js';
import type { Outcome, PaymentMessage } from '../src/ports/payment-queue.js';
import type { RailAnswer } from '../src/ports/rail.js';
import { SETTLE_WAITING_MAX } from '../src/use-cases/process/settle-answers.js';
import { allOutcomes } from '../testing/queue-under-test.js';
import { absent, ScriptedRail, succeeded, unknown } from '../testing/scripted-rail.js';
import { delayOf, processOptions, RecordingLogger, World } from './world.js';

const done = { outcome: 'done' };
const retry = (attempt: number): object => ({ outcome: 'retry', delayMs: delayOf(attempt) });

/** A rail that answers each payment when the test says so, with all the time of the world. */
class PatientRail extends ScriptedRail {
  private readonly waiting = new Map<string, PromiseWithResolvers<RailAnswer>>();

  constructor() {
    super('patient', { send: (payment) => this.wait(payment), ask: (payment) => this.wait(payment) });
  }

  answer(id: string, answer: RailAnswer = succeeded()): void {
    this.waiting.get(id)?.resolve(answer);
  }

  private wait({ id }: PaymentState): Promise<RailAnswer> {
    const waiting = Promise.withResolvers<RailAnswer>();
    this.waiting.set(id, waiting);
    return waiting.promise;
  }
}

const patient = (): { world: World; rail: PatientRail } => {
  const rail = new PatientRail();
  return { rail, world: new World([rail], { ...processOptions, railTimeoutMs: 20_000 }) };
};
/** How the transactions of a world divide its payments from now on. */
const transactions = ({ repository }: World): number[] => {
  const sizes: number[] = [];
  const change = repository.change.bind(repository);
  repository.change = (owner, ids, decide) => {
    sizes.push(ids.length);
    return change(owner, ids, decide);
  };
  return sizes;
};
const isPending = async (outcome: Outcome | Promise<Outcome> | undefined): Promise<boolean> =>
  (await Promise.race([outcome, settled()])) === undefined;

useFakeTime();

describe('a batch', () => {
  test('is in hand when all are leased; each outcome follows when its own answer is settled', async () => {
    const { world, rail } = patient();
    const [slow = '', quick = '', refused = ''] = await world.add({}, {}, {});
    const [a, b, c] = await world.worker().handle([slow, quick, refused].map((id) => world.message(id)));
    expect((await world.state(slow)).status).toBe('PROCESSING');
    rail.answer(quick);
    rail.answer(refused, { outcome: 'failed', reason: 'declined' });
    expect([await b, await c]).toEqual([done, done]);
    expect((await world.state(quick)).status).toBe('SUCCESS');
    expect((await world.state(refused)).status).toBe('FAILED');
    expect(await isPending(a)).toBe(true);
    rail.answer(slow);
    expect(await a).toEqual(done);
    expect((await world.state(slow)).status).toBe('SUCCESS');
  });

  test('each payment has its own time: one that hangs is unknown, others are settled long before', async () => {
    const rail = new PatientRail();
    const world = new World([rail], { ...processOptions, railTimeoutMs: 2_000 });
    const [slow = '', quick = ''] = await world.add({}, {});
    const [a, b] = await world.worker().handle([slow, quick].map((id) => world.message(id)));
    rail.answer(quick);
    expect(await b).toEqual(done);
    await pass(1_999);
    expect(await isPending(a)).toBe(true);
    await pass(1);
    expect(await a).toEqual(retry(1));
    expect((await world.state(slow)).status).toBe('PROCESSING');
  });

  test('what is absent is sent again without waiting for what is still asked for', async () => {
    const { world, rail } = patient();
    const ids = await world.add({}, {});
    const [slow = '', lost = ''] = ids;
    const first = await world.worker().handle(ids.map((id) => world.message(id)));
    for (const id of ids) rail.answer(id, unknown());
    await allOutcomes(first);
    world.clock.advance(delayOf(1));
    const [a, b] = await world.worker().handle(ids.map((id) => world.message(id)));
    rail.answer(lost, absent);
    await settled();
    expect(rail.sent).toHaveLength(3);
    rail.answer(lost);
    expect(await b).toEqual(done);
    expect(rail.sent).toEqual([...ids, lost]);
    rail.answer(slow);
    expect(await a).toEqual(done);
  });

  test('messages of one payment share its outcome', async () => {
    const { world, rail } = patient();
    const [id = '', other = ''] = await world.add({}, {});
    const outcomes = await world.worker().handle([id, id, other, id].map((each) => world.message(each)));
    expect(await isPending(outcomes[3])).toBe(true);
    rail.answer(id, unknown());
    expect([await outcomes[0], await outcomes[1], await outcomes[3]]).toEqual([retry(1), retry(1), retry(1)]);
    expect(await isPending(outcomes[2])).toBe(true);
    rail.answer(other);
    expect(await outcomes[2]).toEqual(done);
    expect(rail.sent).toEqual([id, other]);
  });

  test('of messages of one payment that the store cannot take, the one tried most often counts', async () => {
    const { world } = patient();
    const [id = ''] = await world.add({});
    world.repository.failOn = (payment) => payment.id === id && payment.status !== 'PENDING';
    const logger = new RecordingLogger();
    const messages = [processOptions.attemptsMax - 1, 0].map((attempt) => world.message(id, { attempt }));
    const outcomes = await world.handleBy(world.worker(world.rails, logger), messages);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['give-up', 'give-up']);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('a rail that is away is one line in the log, not one for each payment', async () => {
    const rail = new ScriptedRail('far', { send: () => Promise.reject(new Error('ECONNREFUSED')) });
    const world = new World([rail]);
    const ids = await world.add(...Array.from({ length: 50 }, () => ({})));
    const logger = new RecordingLogger();
    await world.handleBy(world.worker(world.rails, logger), ids.map((id) => world.message(id))); // prettier-ignore
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'rail did not answer',
        fields: expect.objectContaining({ rail: 'far', verb: 'send', payments: 50, error: 'ECONNREFUSED' }),
      },
    ]);
  });
});

describe('answers', () => {
  test('that come together are settled together, also those of several batches', async () => {
    const { world, rail } = patient();
    const ids = await world.add(...Array.from({ length: 1_000 }, () => ({})));
    const worker = world.worker();
    const outcomes: (Outcome | Promise<Outcome>)[] = [];
    for (let start = 0; start < ids.length; start += 100)
      outcomes.push(...(await worker.handle(ids.slice(start, start + 100).map((id) => world.message(id)))));
    const sizes = transactions(world);
    for (const id of ids) rail.answer(id);
    expect(await allOutcomes(outcomes)).toEqual(ids.map(() => done));
    expect(sizes).toEqual([500, 500]);
  });

  test('of several tenants are settled by tenant', async () => {
    const { world, rail } = patient();
    const tenants = ['a', 'b'];
    const ids = await world.add(...Array.from({ length: 6 }, (_, i) => ({ tenantId: tenants[i % 2] as string })));
    const messages = ids.map((id, i) => world.message(id, { tenantId: tenants[i % 2] as string }));
    const outcomes = await world.worker().handle(messages);
    const sizes = transactions(world);
    for (const id of ids) rail.answer(id);
    expect(await allOutcomes(outcomes)).toEqual(ids.map(() => done));
    expect(sizes).toEqual([3, 3]);
  });

  test.each([
    ['the ending', unknown('busy'), succeeded('told'), 'SUCCESS', done],
    ['the ending, though late', succeeded('late'), unknown('busy'), 'SUCCESS', done],
    ['that of the lease that holds', unknown('late'), unknown('busy'), 'PROCESSING', retry(2)],
  ])('to two leases of a payment may come together: %s counts', async (_, late, told, status, outcome) => {
    const { promise: sending, resolve: answerSend } = Promise.withResolvers<RailAnswer>();
    const { promise: asking, resolve: answerAsk } = Promise.withResolvers<RailAnswer>();
    const rail = new ScriptedRail('far', { send: () => sending, ask: () => asking });
    const world = new World([rail], { ...processOptions, railTimeoutMs: 20_000 });
    const [id = ''] = await world.add({});
    const worker = world.worker();
    const [first] = await worker.handle([world.message(id)]);
    world.clock.advance(processOptions.leaseMs);
    const [second] = await worker.handle([world.message(id)]);
    const sizes = transactions(world);
    answerSend(late);
    answerAsk(told);
    await first;
    expect(await second).toEqual(outcome);
    expect(sizes).toEqual([1]);
    const state = await world.state(id);
    expect(state.status).toBe(status);
    expect(state.attention ?? '').not.toContain('late');
  });
});

describe('a store that is away when answers come', () => {
  test('refuses their outcomes, after the batch was in hand', async () => {
    const { world, rail } = patient();
    const ids = await world.add({}, {});
    const outcomes = await world.worker().handle(ids.map((id) => world.message(id)));
    world.repository.outage = 'before';
    for (const id of ids) rail.answer(id);
    await settled(); // nobody listens yet, and nothing breaks
    for (const outcome of outcomes) await expect(outcome).rejects.toThrow(Unavailable);
  });

  test('a batch that is rejected as a whole leaves no call running', async () => {
    const { world, rail } = patient();
    const [here = '', there = ''] = await world.add({}, { tenantId: 'away' });
    const change = world.repository.change.bind(world.repository);
    world.repository.change = (owner, ids, decide) =>
      owner.tenantId === 'away' ? Promise.reject(new Unavailable('postgres')) : change(owner, ids, decide);
    let ended = false;
    const handling = world
      .worker()
      .handle([world.message(here), world.message(there, { tenantId: 'away' })])
      .finally(() => (ended = true));
    handling.catch(() => {});
    await settled();
    expect(ended).toBe(false);
    rail.answer(here);
    await expect(handling).rejects.toThrow(Unavailable);
    expect((await world.state(here)).status).toBe('SUCCESS');
  });

  test('answers that wait are bounded: beyond it they are refused, and asking tells them again', async () => {
    const { world, rail } = patient();
    const surplus = 3;
    const ids = await world.add(...Array.from({ length: SETTLE_WAITING_MAX + surplus }, () => ({})));
    const worker = world.worker();
    const messages = ids.map((id): PaymentMessage => world.message(id));
    const outcomes = await worker.handle(messages);
    for (const id of ids) rail.answer(id);
    const results = await Promise.allSettled(outcomes.map(async (outcome) => outcome));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(surplus);
    const [{ reason }] = results.filter((result) => result.status === 'rejected') as [PromiseRejectedResult];
    expect(reason).toMatchObject({ name: 'BatcherFull' });
    expect((await world.state(ids.at(-1) ?? '')).status).toBe('PROCESSING');
  });
});
