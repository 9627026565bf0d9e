import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { PaymentMessage } from '../src/ports/payment-queue.js';
import { CreatePayments, type CreateOutcome, type CreatePayment } from '../src/use-cases/create-payments.js';
import { anInstruction } from '../testing/builders.js';
import type { PaymentInstruction } from '../src/domain/payment.js';
import { World } from './world.js';

const DAY_MS = 86_400_000;

describe('CreatePayments', () => {
  let world: World;
  let create: CreatePayments;
  const command = (given: Partial<PaymentInstruction> = {}, key?: string, fingerprint = 'f'): CreatePayment => ({
    instruction: anInstruction({ tenantId: world.tenantId, ...given }),
    idempotency: key === undefined ? undefined : { key, fingerprint },
    respond: ({ id }) => `{"id":"${id}"}`,
  });
  const idOf = (outcome: CreateOutcome | undefined): string => {
    if (outcome?.outcome !== 'created') throw new Error(`not created: ${outcome?.outcome}`);
    return outcome.payment.id;
  };

  beforeEach(() => {
    world = new World();
    create = new CreatePayments(world.repository, world.queue, world.clock, newId, { idempotencyDays: 31 });
  });

  test('stores, answers in order, then announces what it created', async () => {
    const commands = [command(), command({ tenantId: 'other' }), command()];
    const outcomes = await create.execute(commands);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created']);
    for (const [i, outcome] of outcomes.entries()) {
      const id = idOf(outcome);
      const { tenantId, reference, origin } = (commands[i] as CreatePayment).instruction;
      expect(outcome).toMatchObject({ response: `{"id":"${id}"}`, payment: { state: { reference } } });
      expect(await world.state(id, tenantId)).toMatchObject({ status: 'PENDING', updatedAt: world.clock.now() });
      expect(world.told(id)).toEqual(['payment.created']);
      expect(world.queue.published).toContainEqual({ tenantId, paymentId: id, origin, attempt: 0 });
    }
    expect(world.queue.published).toHaveLength(3);
  });

  test('nothing asked, nothing done', async () => {
    expect(await create.execute([])).toEqual([]);
    expect(world.queue.published).toEqual([]);
  });

  test('what was not added is not announced, and does not harm the others', async () => {
    const [first] = await create.execute([command({ reference: 'r' }, 'k')]);
    const outcomes = await create.execute([
      command({ reference: 'r' }, 'k'),
      command({}, 'k', 'other'),
      command({ reference: 'r' }),
      command(),
    ]);
    const paymentId = idOf(first);
    expect(outcomes.slice(0, 3)).toEqual([
      { outcome: 'replayed', paymentId, response: `{"id":"${paymentId}"}` },
      { outcome: 'key-reused' },
      { outcome: 'duplicate-reference', paymentId },
    ]);
    expect(world.queue.published.map((message) => message.paymentId)).toEqual([paymentId, idOf(outcomes[3])]);
  });

  test('a key is remembered for the days that are promised, by the clock it is given', async () => {
    const [first] = await create.execute([command({ reference: 'r' }, 'k')]);
    world.clock.advance(31 * DAY_MS - 1);
    expect(await create.execute([command({ reference: 'r' }, 'k')])).toMatchObject([{ outcome: 'replayed' }]);
    world.clock.advance(1);
    expect(await create.execute([command({ reference: 'r' }, 'k')])).toMatchObject([
      { outcome: 'duplicate-reference', paymentId: idOf(first) },
    ]);
    expect(await create.execute([command({}, 'k', 'other')])).toMatchObject([{ outcome: 'created' }]);
  });

  test('a clock that is set back does not let a key expire early', async () => {
    await create.execute([command({ reference: 'r' }, 'k')]);
    world.clock.advance(-3_600_000);
    expect(await create.execute([command({ reference: 'r' }, 'k')])).toMatchObject([{ outcome: 'replayed' }]);
  });

  test('a queue that takes nothing changes nothing: the sweeper finds the payment', async () => {
    world.queue.takes = () => false;
    const [outcome] = await create.execute([command()]);
    expect(await world.swept()).toEqual([idOf(outcome)]);
  });

  test('a queue that never answers is not waited for', async () => {
    const published: PaymentMessage[] = [];
    jest.spyOn(world.queue, 'publish').mockImplementation((messages) => {
      published.push(...messages);
      return new Promise(() => {});
    });
    const [outcome] = await create.execute([command()]);
    expect(published.map(({ paymentId }) => paymentId)).toEqual([idOf(outcome)]);
  });

  test('a store that is away is told as such, and nothing is announced; asked again with the key, it is there once', async () => {
    world.repository.outage = 'after';
    expect(await create.execute([command({ reference: 'r' }, 'k')])).toMatchObject([
      { outcome: 'failed', error: { name: 'Unavailable' } },
    ]);
    expect(world.queue.published).toEqual([]);
    world.repository.outage = undefined;
    expect(await create.execute([command({ reference: 'r' }, 'k')])).toMatchObject([{ outcome: 'replayed' }]);
    expect(await world.repository.list(world.tenantId, { limit: 9 })).toHaveLength(1);
    expect(await world.swept()).toHaveLength(1);
  });

  test('one whose answer cannot be rendered fails alone, before anything of it is written', async () => {
    const respond = (): string => {
      throw new Error('cannot be rendered');
    };
    const bad = { ...command({ reference: 'bad' }), respond };
    const outcomes = await create.execute([command({ reference: 'a' }), bad, command({ reference: 'b' })]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'failed', 'created']);
    const stored = await world.repository.list(world.tenantId, { limit: 9 });
    expect(stored.map(({ state }) => state.reference).toSorted()).toEqual(['a', 'b']);
  });

  test('payments made at once under one key are one payment', async () => {
    const reference = 'r';
    const outcomes = (
      await Promise.all(Array.from({ length: 50 }, () => create.execute([command({ reference }, 'k')])))
    ).flat();
    const responses = outcomes.map((one) => ('response' in one ? one.response : one.outcome));
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(new Set(responses).size).toBe(1);
  });
});
