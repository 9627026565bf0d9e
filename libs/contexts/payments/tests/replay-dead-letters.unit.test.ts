import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { wholeTenant } from '../src/domain/owner.js';
import type { DeadLetter, DeadLetters } from '../src/ports/payment-queue.js';
import { ReplayDeadLetters } from '../src/use-cases/replay-dead-letters.js';
import { anOccasion } from '../testing/builders.js';
import { ScriptedRail } from '../testing/scripted-rail.js';
import { processOptions, World } from './world.js';

class PileOfLetters implements DeadLetters {
  letters: DeadLetter[] = [];
  readonly replayed: DeadLetter[] = [];

  count(): Promise<number> {
    return Promise.resolve(this.letters.length);
  }

  async drain(
    decide: (letter: DeadLetter) => Promise<'replay' | 'keep' | 'drop'>,
    max: number,
  ): Promise<{ replayed: number; kept: number; dropped: number }> {
    const decided = { replay: 0, keep: 0, drop: 0 };
    for (const letter of this.letters.slice(0, max)) {
      const decision = await decide(letter);
      decided[decision] += 1;
      if (decision === 'replay') this.replayed.push(letter);
      if (decision !== 'keep') this.letters = this.letters.filter((one) => one !== letter);
    }
    return { replayed: decided.replay, kept: decided.keep, dropped: decided.drop };
  }
}

describe('ReplayDeadLetters', () => {
  let world: World;
  let pile: PileOfLetters;
  let healthy: boolean;
  const replay = (): ReplayDeadLetters => new ReplayDeadLetters(world.repository, world.repository, pile, world.clock);
  const letter = (paymentId: string, tenantId = world.tenantId): DeadLetter => ({
    message: world.message(paymentId, { tenantId }),
    reason: 'poison',
  });
  const parked = async (count: number, tenantId = world.tenantId): Promise<string[]> => {
    const ids = await world.add(...Array.from({ length: count }, () => ({ tenantId })));
    await world.repository.change(wholeTenant(tenantId), ids, (payment) =>
      payment.countAttempt(world.clock.now()).park(world.clock.now(), 'poison'),
    );
    return ids;
  };

  beforeEach(() => {
    healthy = false;
    const atOnce = (): { outcome: 'succeeded' } => {
      if (!healthy) throw new Error('poison');
      return { outcome: 'succeeded' };
    };
    world = new World([new ScriptedRail('near', { atOnce })]);
    pile = new PileOfLetters();
  });

  test('from poison to success: parked, previewed, replayed, processed', async () => {
    const [id = ''] = await world.add({});
    for (let attempt = 0; attempt < processOptions.attemptsMax; attempt += 1) {
      await world.handle(id);
      world.clock.advance(processOptions.retry.maxMs);
    }
    pile.letters = [letter(id)];
    const { origin } = await world.state(id);
    expect(await replay().preview(10)).toEqual({
      parked: [{ tenantId: world.tenantId, paymentId: id, origin }],
      letters: 1,
    });
    expect(await world.state(id)).toMatchObject({ attention: expect.anything(), attempts: 4 });

    healthy = true;
    expect(await replay().run(10)).toEqual({ payments: 1, replayed: 1, kept: 0, dropped: 0 });
    expect(await world.state(id)).toMatchObject({
      attention: undefined,
      attempts: 0,
      nextAttemptAt: world.clock.now(),
    });
    expect(await world.handle(id)).toEqual([{ outcome: 'done' }]);
    expect((await world.state(id)).status).toBe('SUCCESS');
  });

  test('nothing parked, no letters: nothing done', async () => {
    await world.add({});
    expect(await replay().run(10)).toEqual({ payments: 0, replayed: 0, kept: 0, dropped: 0 });
  });

  test('the rows decide: a parked payment without a letter comes back too, of every tenant', async () => {
    const ids = [...(await parked(3)), ...(await parked(2, 'other'))];
    expect(await replay().run(10)).toMatchObject({ payments: 5, replayed: 0 });
    expect((await world.swept()).toSorted()).toEqual(ids.toSorted());
  });

  test('letters that cannot be read or name no payment stay; those of ended payments go', async () => {
    const [ended = '', due = ''] = await world.add({}, {});
    await world.repository.change(wholeTenant(world.tenantId), [ended], (payment) => payment.cancel(anOccasion()));
    pile.letters = [{ reason: 'not JSON' }, letter(newId()), letter(ended), letter(due), letter(due, 'other')];
    expect(await replay().run(10)).toEqual({ payments: 0, replayed: 1, kept: 3, dropped: 1 });
    expect(pile.replayed.map(({ message }) => message?.paymentId)).toEqual([due]);
    expect(pile.letters).toHaveLength(3);
  });

  test('no more than max, in pages, telling how far it is', async () => {
    await parked(1_203);
    const progress = jest.fn();
    expect(await replay().run(1_100, progress)).toMatchObject({ payments: 1_100 });
    expect(progress.mock.calls).toEqual([[500], [1_000], [1_100]]);
    expect(await world.repository.parked(1_000)).toHaveLength(103);
  });

  test('what is parked again meanwhile is not replayed again by the same run', async () => {
    const ids = await parked(3);
    const change = world.repository.change.bind(world.repository);
    let replays = 0;
    world.repository.change = async (tenantId, of, decide) => {
      const outcomes = await change(tenantId, of, decide);
      replays += of.length;
      await change(tenantId, of, (payment) => payment.park(world.clock.now(), 'poison again'));
      return outcomes;
    };
    expect(await replay().run(1_000)).toMatchObject({ payments: 3 });
    expect(replays).toBe(ids.length);
  });

  test('what another operator has replayed meanwhile is left alone', async () => {
    const [id = ''] = await parked(1);
    const listed = await world.repository.parked(10);
    jest.spyOn(world.repository, 'parked').mockResolvedValueOnce(listed);
    await world.repository.change(wholeTenant(world.tenantId), [id], (payment) => payment.replay(world.clock.now()));
    await world.handle(id);
    const before = await world.state(id);
    expect(await replay().run(10)).toMatchObject({ payments: 0 });
    expect(await world.state(id)).toEqual(before);
  });

  test('a store that is away rejects; run again, it goes on', async () => {
    await parked(2);
    world.repository.outage = 'before';
    await expect(replay().run(10)).rejects.toThrow('postgres is unavailable');
    world.repository.outage = undefined;
    expect(await replay().run(10)).toMatchObject({ payments: 2 });
  });
});
