import { isDeepStrictEqual } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wholeTenant } from '../../src/domain/owner.js';
import type { TenantId } from '../../src/domain/payment.js';
import type { Addition, AddOutcome } from '../../src/ports/payment-repository.js';
import { aChange, anAddition, aReference, later } from '../builders.js';
import { newTenantOf, type PaymentStore } from '../payment-store.js';
import { expectTold } from './told-events.js';

const DAY_MS = 86_400_000;
const idOf = ({ change }: Addition): string => change.payment.id;
const keyOf = (key: string, fingerprint = 'a'.repeat(64)): { key: string; fingerprint: string } => ({
  key,
  fingerprint,
});

/** What is stored, as far as additions look at it. */
interface Known {
  readonly keys: ReadonlyMap<string, Addition>;
  readonly references: ReadonlyMap<string, string>;
}

function addOne({ keys, references }: Known, addition: Addition): AddOutcome {
  const { change, idempotency } = addition;
  const first = idempotency && keys.get(idempotency.key);
  if (idempotency && first?.idempotency)
    return first.idempotency.fingerprint === idempotency.fingerprint
      ? { outcome: 'replayed', paymentId: idOf(first), response: first.idempotency.response }
      : { outcome: 'key-reused' };
  const paymentId = references.get(change.payment.state.reference);
  return paymentId === undefined ? { outcome: 'added' } : { outcome: 'duplicate-reference', paymentId };
}

/** One addition after the other, each seeing what the earlier ones left. */
function addInSequence(
  known: Known,
  additions: readonly Addition[],
): { known: Known; outcomes: Map<Addition, AddOutcome> } {
  const outcomes = new Map<Addition, AddOutcome>();
  let { keys, references } = known;
  for (const addition of additions) {
    const outcome = addOne({ keys, references }, addition);
    outcomes.set(addition, outcome);
    if (outcome.outcome !== 'added') continue;
    references = new Map(references).set(addition.change.payment.state.reference, idOf(addition));
    if (addition.idempotency) keys = new Map(keys).set(addition.idempotency.key, addition);
  }
  return { known: { keys, references }, outcomes };
}

const orders = <T>(items: readonly T[]): T[][] =>
  items.length === 0 ? [[]] : items.flatMap((item, i) => orders(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));

export function adding(current: () => PaymentStore): void {
  describe('add', () => {
    let store: PaymentStore;
    let tenantId: TenantId;
    const add = (...additions: Addition[]): Promise<readonly AddOutcome[]> => store.repository.add(tenantId, additions);
    const stored = async (...additions: Addition[]): Promise<boolean[]> =>
      (await store.repository.find(wholeTenant(tenantId), additions.map(idOf))).map((payment) => payment !== undefined);
    const duplicateOf = (addition: Addition): AddOutcome => ({
      outcome: 'duplicate-reference',
      paymentId: idOf(addition),
    });
    const replayOf = (addition: Addition): AddOutcome => ({
      outcome: 'replayed',
      paymentId: idOf(addition),
      response: addition.idempotency?.response ?? '',
    });

    beforeEach(async () => {
      store = current();
      tenantId = await newTenantOf(store);
    });

    test('nothing asked, nothing answered', async () => {
      expect(await add()).toEqual([]);
    });

    test('the same request again is replayed with the first answer', async () => {
      const reference = aReference();
      const first = anAddition({ tenantId, reference }, keyOf('k'));
      const again = anAddition({ tenantId, reference }, keyOf('k'));
      expect(await add(first)).toEqual([{ outcome: 'added' }]);
      expect(await add(again)).toEqual([replayOf(first)]);
      expect(await stored(first, again)).toEqual([true, false]);
    });

    test('the answer comes back unchanged, to the last character', async () => {
      const response = '{"z":1,"a": "é \\u00e9 \\" 日本 🛶","amount":100.50}\n';
      await add(anAddition({ tenantId }, { ...keyOf('clé-é🛶'), response }));
      expect(await add(anAddition({ tenantId }, keyOf('clé-é🛶')))).toEqual([expect.objectContaining({ response })]);
    });

    test('another request under the same key is refused, whatever its reference', async () => {
      const first = anAddition({ tenantId }, keyOf('k'));
      const { reference } = first.change.payment.state;
      const other = keyOf('k', 'b'.repeat(64));
      await add(first);
      const refused = [anAddition({ tenantId }, other), anAddition({ tenantId, reference }, other)];
      expect(await add(...refused)).toEqual([{ outcome: 'key-reused' }, { outcome: 'key-reused' }]);
      expect(await stored(...refused)).toEqual([false, false]);
    });

    test('a reference is used once, with or without a key', async () => {
      const first = anAddition({ tenantId });
      const { reference } = first.change.payment.state;
      await add(first);
      const refused = [anAddition({ tenantId, reference }), anAddition({ tenantId, reference }, keyOf('k'))];
      expect(await add(...refused)).toEqual([duplicateOf(first), duplicateOf(first)]);
      expect(await stored(...refused)).toEqual([false, false]);
    });

    test('references are compared to the letter', async () => {
      const references = ['ref', 'REF', 'ref ', 'réf', 're\u0301f', 'Ref-🛶'];
      const outcomes = await add(...references.map((reference) => anAddition({ tenantId, reference })));
      expect(outcomes).toEqual(references.map(() => ({ outcome: 'added' })));
    });

    test('nothing is left of a refused addition: its key can be used for another request', async () => {
      const first = anAddition({ tenantId });
      await add(first);
      const { reference } = first.change.payment.state;
      const refused = anAddition({ tenantId, reference }, keyOf('k'));
      expect(await add(refused)).toEqual([duplicateOf(first)]);
      expect(await store.repository.history(wholeTenant(tenantId), idOf(refused))).toEqual([]);
      await expectTold(store, idOf(refused), []);
      expect(await add(anAddition({ tenantId }, keyOf('k', 'b'.repeat(64))))).toEqual([{ outcome: 'added' }]);
    });

    test('an expired key is free again, but its reference still refuses', async () => {
      const now = later(new Date(), -40 * DAY_MS);
      const first = anAddition({ tenantId, now }, { ...keyOf('k'), expiresAt: later(now, 31 * DAY_MS) });
      const { reference } = first.change.payment.state;
      await add(first);
      const within = later(now, 30 * DAY_MS);
      expect(await add(anAddition({ tenantId, reference, now: within }, keyOf('k')))).toEqual([replayOf(first)]);
      expect(await add(anAddition({ tenantId, reference }, keyOf('k')))).toEqual([duplicateOf(first)]);
      const next = anAddition({ tenantId }, keyOf('k', 'b'.repeat(64)));
      expect(await add(next)).toEqual([{ outcome: 'added' }]);
      expect(await add(anAddition({ tenantId }, keyOf('k', 'b'.repeat(64))))).toEqual([replayOf(next)]);
    });

    test('the same key and reference in another tenant are independent', async () => {
      const other = await newTenantOf(store);
      const reference = aReference();
      const here = anAddition({ tenantId, reference }, keyOf('k'));
      const there = anAddition({ tenantId: other, reference }, keyOf('k', 'b'.repeat(64)));
      expect(await add(here)).toEqual([{ outcome: 'added' }]);
      expect(await store.repository.add(other, [there])).toEqual([{ outcome: 'added' }]);
      expect(await stored(here, there)).toEqual([true, false]);
    });

    describe('within one batch', () => {
      test('the same key twice: the second is a replay of the first', async () => {
        const reference = aReference();
        const first = anAddition({ tenantId, reference }, keyOf('k'));
        const again = anAddition({ tenantId, reference }, keyOf('k'));
        expect(await add(first, again)).toEqual([{ outcome: 'added' }, replayOf(first)]);
        expect(await stored(first, again)).toEqual([true, false]);
      });

      test('the same reference twice: the second is told which payment has it', async () => {
        const reference = aReference();
        const [first, second] = [anAddition({ tenantId, reference }), anAddition({ tenantId, reference })];
        expect(await add(first, second)).toEqual([{ outcome: 'added' }, duplicateOf(first)]);
      });

      test('a key with another reference is refused', async () => {
        const first = anAddition({ tenantId }, keyOf('k'));
        const second = anAddition({ tenantId }, keyOf('k', 'b'.repeat(64)));
        expect(await add(first, second)).toEqual([{ outcome: 'added' }, { outcome: 'key-reused' }]);
      });

      test('a refused one neither harms the others nor holds its key against them', async () => {
        const taken = anAddition({ tenantId });
        await add(taken);
        const { reference } = taken.change.payment.state;
        const before = anAddition({ tenantId });
        const refused = anAddition({ tenantId, reference }, keyOf('k'));
        const after = anAddition({ tenantId }, keyOf('k', 'b'.repeat(64)));
        const outcomes = await add(before, refused, after);
        expect(outcomes).toEqual([{ outcome: 'added' }, duplicateOf(taken), { outcome: 'added' }]);
        expect(await stored(before, refused, after)).toEqual([true, false, true]);
        for (const { change } of [before, after]) await expectTold(store, change.payment.id, [change]);
      });

      test('any mixture looks as if its parts came one after the other, in some order', async () => {
        const item = fc.record({
          key: fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined }),
          reference: fc.constantFrom('r1', 'r2', 'r3'),
        });
        const batches = fc.array(fc.array(item, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 });
        const scenario = async (given: { key: string | undefined; reference: string }[][]): Promise<void> => {
          tenantId = await newTenantOf(store);
          let known: Known = { keys: new Map(), references: new Map() };
          for (const batch of given) {
            const additions = batch.map(({ key, reference }) =>
              anAddition({ tenantId, reference }, key === undefined ? undefined : { key }),
            );
            const outcomes = await add(...additions);
            const possible = orders(additions).map((order) => addInSequence(known, order));
            const fitting = possible.find((one) =>
              isDeepStrictEqual(
                additions.map((addition) => one.outcomes.get(addition)),
                [...outcomes],
              ),
            );
            if (!fitting) throw new Error(`no order explains ${JSON.stringify({ batch, outcomes })}`);
            ({ known } = fitting);
          }
        };
        await fc.assert(fc.asyncProperty(batches, scenario), { numRuns: 40 });
      });
    });

    test('two hundred at once', async () => {
      const changes = Array.from({ length: 200 }, () => aChange({ tenantId }));
      const outcomes = await add(...changes.map((change) => ({ change })));
      expect(outcomes).toEqual(changes.map(() => ({ outcome: 'added' })));
      const found = await store.repository.find(
        wholeTenant(tenantId),
        changes.map(({ payment }) => payment.id),
      );
      expect(found.map((payment) => payment?.state)).toEqual(changes.map(({ payment }) => payment.state));
    });
  });
}
