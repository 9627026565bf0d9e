import { beforeEach, describe, expect, test } from '@jest/globals';
import { wholeTenant } from '../../src/domain/owner.js';
import type { Change, Payment, PaymentId, TenantId } from '../../src/domain/payment.js';
import type { Addition, AddOutcome } from '../../src/ports/payment-repository.js';
import { aChange, anAddition, anOccasion, aReference, later } from '../builders.js';
import { newTenantOf, type PaymentStore } from '../payment-store.js';
import { expectTold, toldEvents } from './told-events.js';

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

export function racing(current: () => PaymentStore): void {
  describe('races', () => {
    let store: PaymentStore;
    let tenantId: TenantId;
    const add = (additions: readonly Addition[]): Promise<readonly AddOutcome[]> =>
      store.repository.add(tenantId, additions);
    const added = async (count: number): Promise<PaymentId[]> => {
      const changes = times(count, () => aChange({ tenantId }));
      await add(changes.map((change) => ({ change })));
      return changes.map(({ payment }) => payment.id);
    };

    beforeEach(async () => {
      store = current();
      tenantId = await newTenantOf(store);
    });

    test('twenty workers settle one payment: one change, one event', async () => {
      const created = aChange({ tenantId });
      const { id } = created.payment;
      await add([{ change: created }]);
      const settle = (payment: Payment): Change | undefined =>
        payment.isTerminal ? undefined : payment.succeed(anOccasion(), `provider-${id}`);
      const outcomes = (
        await Promise.all(times(20, () => store.repository.change(wholeTenant(tenantId), [id], settle)))
      ).flat();
      const changes = outcomes.flatMap((one) => (one.outcome === 'changed' ? [one.change] : []));
      expect(changes).toHaveLength(1);
      for (const one of outcomes)
        if (one.outcome !== 'changed') expect(one).toEqual({ outcome: 'unchanged', payment: changes[0]?.payment });
      await expectTold(store, id, [created, ...changes]);
      expect(await store.repository.history(wholeTenant(tenantId), id)).toHaveLength(2);
    });

    test('no update is lost: twenty attempts counted at once are twenty', async () => {
      const ids = await added(3);
      const takeUp = (payment: Payment): Change => payment.takeUp(anOccasion(), later(new Date(), 1));
      await Promise.all(
        times(20, (i) => store.repository.change(wholeTenant(tenantId), i % 2 ? ids : ids.toReversed(), takeUp)),
      );
      const found = await store.repository.find(wholeTenant(tenantId), ids);
      expect(found.map((payment) => payment?.state.attempts)).toEqual([20, 20, 20]);
      for (const id of ids) expect((await toldEvents(store, id))?.length ?? 2).toBe(2);
    });

    test('fifty requests with one key: one is added, the others get its answer', async () => {
      const reference = aReference();
      const additions = times(50, () => anAddition({ tenantId, reference }, { key: 'k' }));
      const outcomes = await Promise.all(additions.map(async (addition) => (await add([addition]))[0]));
      const winner = additions[outcomes.findIndex((one) => one?.outcome === 'added')] as Addition;
      expect(outcomes.filter((one) => one?.outcome === 'added')).toHaveLength(1);
      const replay = {
        outcome: 'replayed',
        paymentId: winner.change.payment.id,
        response: winner.idempotency?.response,
      };
      expect(outcomes.filter((one) => one?.outcome !== 'added')).toEqual(times(49, () => replay));
      expect(await store.repository.list(wholeTenant(tenantId), { limit: 10 })).toHaveLength(1);
    });

    test('fifty requests with one reference and no key: one is added, the others are told which', async () => {
      const reference = aReference();
      const additions = times(50, () => anAddition({ tenantId, reference }));
      const outcomes = await Promise.all(additions.map(async (addition) => (await add([addition]))[0]));
      const winner = additions[outcomes.findIndex((one) => one?.outcome === 'added')] as Addition;
      expect(outcomes.filter((one) => one?.outcome === 'added')).toHaveLength(1);
      const duplicate = { outcome: 'duplicate-reference', paymentId: winner.change.payment.id };
      expect(outcomes.filter((one) => one?.outcome !== 'added')).toEqual(times(49, () => duplicate));
    });

    test('batches with the same keys and references in opposite order do not deadlock', async () => {
      for (let round = 0; round < 20; round += 1) {
        const names = times(8, (i) => ({ key: `k-${round}-${i}`, reference: `r-${round}-${i}` }));
        const batch = (): Addition[] => names.map(({ key, reference }) => anAddition({ tenantId, reference }, { key }));
        const batches = [batch(), batch().reverse(), batch(), batch().reverse()];
        const outcomes = (await Promise.all(batches.map(add))).flat();
        const additions = batches.flat();
        for (const { key } of names) {
          const mine = outcomes.filter((_, i) => additions[i]?.idempotency?.key === key);
          expect(mine.map(({ outcome }) => outcome).sort()).toEqual(['added', 'replayed', 'replayed', 'replayed']);
        }
      }
    });

    test('keys in one order and references in the other do not deadlock, and each is used once', async () => {
      for (let round = 0; round < 20; round += 1) {
        const name = (kind: string, i: number): string => `${kind}-${round}-${i}`;
        const straight = times(8, (i) => anAddition({ tenantId, reference: name('r', i) }, { key: name('k', i) }));
        const crossed = times(8, (i) => anAddition({ tenantId, reference: name('r', 7 - i) }, { key: name('k', i) }));
        const keyless = times(8, (i) => anAddition({ tenantId, reference: name('r', (i * 3) % 8) }));
        const batches = [straight, crossed, keyless];
        const outcomes = (await Promise.all(batches.map(add))).flat();
        const winners = batches.flat().filter((_, i) => outcomes[i]?.outcome === 'added');
        const references = winners.map(({ change }) => change.payment.state.reference);
        const keys = winners.flatMap(({ idempotency }) => idempotency?.key ?? []);
        expect([...new Set(references)].sort()).toEqual(times(8, (i) => name('r', i)));
        expect(references).toHaveLength(8);
        expect(new Set(keys).size).toBe(keys.length);
        for (const one of outcomes)
          if (one.outcome === 'duplicate-reference' || one.outcome === 'replayed')
            expect(winners.map(({ change }) => change.payment.id)).toContain(one.paymentId);
      }
    });

    test('changes of the same payments in opposite order do not deadlock', async () => {
      const ids = await added(10);
      const note = (payment: Payment): Change => payment.postpone(new Date(), new Date());
      for (let round = 0; round < 20; round += 1) {
        const orders = [
          ids,
          ids.toReversed(),
          [...ids, ...ids],
          [...ids.slice(round % 10), ...ids.slice(0, round % 10)],
        ];
        const outcomes = await Promise.all(
          orders.map((order) => store.repository.change(wholeTenant(tenantId), order, note)),
        );
        expect(outcomes.flat().every(({ outcome }) => outcome === 'changed')).toBe(true);
      }
    });
  });
}
