import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { PaymentMessage } from '../src/ports/payment-queue.js';
import { CreatePayments, type CreateOutcome, type CreatePayment } from '../src/use-cases/create-payments.js';
import { anInstruction, moneyOf } from '../testing/builders.js';
import { DecidedRules } from '../testing/decided-rules.js';
import { wholeTenant } from '../src/domain/owner.js';
import type { PaymentInstruction } from '../src/domain/payment.js';
import { World } from './world.js';

const DAY_MS = 86_400_000;

describe('CreatePayments', () => {
  let world: World;
  let create: CreatePayments;
  let rules: DecidedRules;
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
    rules = new DecidedRules();
    const options = { idempotencyDays: 31, aheadMax: 10 };
    create = new CreatePayments(world.repository, world.queue, rules, world.clock, newId, options);
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
    expect(await world.repository.list(wholeTenant(world.tenantId), { limit: 9 })).toHaveLength(1);
    expect(await world.swept()).toHaveLength(1);
  });

  test('one whose answer cannot be rendered fails alone, before anything of it is written', async () => {
    const respond = (): string => {
      throw new Error('cannot be rendered');
    };
    const bad = { ...command({ reference: 'bad' }), respond };
    const outcomes = await create.execute([command({ reference: 'a' }), bad, command({ reference: 'b' })]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'failed', 'created']);
    const stored = await world.repository.list(wholeTenant(world.tenantId), { limit: 9 });
    expect(stored.map(({ state }) => state.reference).toSorted()).toEqual(['a', 'b']);
  });

  describe('announcing', () => {
    const graceMs = 10_000;
    beforeEach(() => {
      world = new World([], undefined, graceMs);
      const options = { idempotencyDays: 31, aheadMax: 10 };
      create = new CreatePayments(world.repository, world.queue, rules, world.clock, newId, options);
    });

    test.each([
      [0, 3],
      [8, 2],
      [10, 0],
      [25, 0],
      [undefined, 0],
    ])(
      'with %p messages ahead, %i of three are announced; the others may be swept at once',
      async (ahead, expected) => {
        world.queue.waiting = ahead;
        const outcomes = await create.execute([command(), command(), command()]);
        const ids = outcomes.map(idOf);
        expect(world.queue.published.map(({ paymentId }) => paymentId)).toEqual(ids.slice(0, expected));
        expect(outcomes.map((one) => one.outcome === 'created' && one.announced)).toEqual(
          ids.map((_, i) => i < expected),
        );
        expect((await world.swept()).toSorted()).toEqual(ids.slice(expected).toSorted());
        world.clock.advance(graceMs);
        expect((await world.swept()).toSorted()).toEqual(ids.toSorted());
      },
    );
  });

  describe('what the tenant decided', () => {
    const [EUR, XAF] = [moneyOf('1', 'EUR').currency, moneyOf('1', 'XAF').currency];
    const decided = { currencies: [EUR, XAF], rails: ['simulated'], amountMaxMinor: { EUR: 10_000n } };
    const outcomesOf = async (...commands: CreatePayment[]) => create.execute(commands);

    test('what it allows is created, and the others of the batch are refused with every rule that they break', async () => {
      rules.decide(world.tenantId, decided);
      const outcomes = await outcomesOf(
        command({ money: moneyOf('100.00', 'EUR') }),
        command({ money: moneyOf('100.01', 'EUR') }),
        command({ money: moneyOf('999999', 'XAF') }),
        command({ money: moneyOf('1.00', 'USD'), rail: 'mtn-momo' }),
        command({ tenantId: 'other', money: moneyOf('1.00', 'USD'), rail: 'mtn-momo' }),
      );
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'refused', 'created', 'refused', 'created']);
      expect(outcomes[1]).toEqual({
        outcome: 'refused',
        breaches: [{ field: 'amount', rule: 'above-amount-max', allowed: '100.00 EUR at most' }],
      });
      expect(outcomes[3]).toEqual({
        outcome: 'refused',
        breaches: [
          { field: 'currency', rule: 'currency-not-allowed', allowed: 'one of EUR, XAF' },
          { field: 'rail', rule: 'rail-not-allowed', allowed: 'one of simulated' },
        ],
      });
      expect(await world.repository.list(wholeTenant(world.tenantId), { limit: 9 })).toHaveLength(2);
    });

    test('a refusal leaves key and reference free', async () => {
      rules.decide(world.tenantId, { currencies: [XAF] });
      expect(await outcomesOf(command({ reference: 'r' }, 'k'))).toMatchObject([{ outcome: 'refused' }]);
      rules.decide(world.tenantId, {});
      expect(await outcomesOf(command({ reference: 'r' }, 'k'))).toMatchObject([{ outcome: 'created' }]);
    });

    test('a request that was answered before the rule came is answered the same', async () => {
      const [first] = await outcomesOf(command({ reference: 'r' }, 'k'));
      rules.decide(world.tenantId, { currencies: [XAF] });
      const paymentId = idOf(first);
      expect(await outcomesOf(command({ reference: 'r' }, 'k'), command({}, 'k', 'other'), command({}, 'new'))).toEqual(
        [
          { outcome: 'replayed', paymentId, response: `{"id":"${paymentId}"}` },
          { outcome: 'key-reused' },
          { outcome: 'refused', breaches: expect.anything() },
        ],
      );
    });

    test('a unit that the tenant has not got is refused with its other breaches; what is of its units is created', async () => {
      rules.addUnit(world.tenantId, 'north');
      rules.decide(world.tenantId, { currencies: [XAF] });
      const paid = { money: moneyOf('1', 'XAF') };
      const outcomes = await outcomesOf(
        command({ ...paid, businessUnitId: 'north' }),
        command({ ...paid }),
        command({ businessUnitId: 'south' }),
        command({ ...paid, tenantId: 'other', businessUnitId: 'north' }),
      );
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'refused', 'refused']);
      expect(outcomes[2]).toMatchObject({
        breaches: [{ rule: 'currency-not-allowed' }, { field: 'business_unit_id', rule: 'unknown-business-unit' }],
      });
      expect(outcomes[3]).toMatchObject({ breaches: [{ rule: 'unknown-business-unit' }] });
      const listed = await world.repository.list(wholeTenant(world.tenantId), { limit: 9 });
      expect(listed.map(({ state }) => state.businessUnitId).toSorted()).toEqual(['default', 'north']);
    });

    test('while it cannot be known nothing of that tenant is created', async () => {
      rules.outage = new Error('away');
      expect(await outcomesOf(command())).toEqual([{ outcome: 'failed', error: rules.outage }]);
      expect(await world.repository.list(wholeTenant(world.tenantId), { limit: 9 })).toEqual([]);
    });
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
