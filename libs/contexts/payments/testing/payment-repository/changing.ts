import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { wholeTenant } from '../../src/domain/owner.js';
import type { Change, Payment, PaymentId, TenantId } from '../../src/domain/payment.js';
import { aChange, anOccasion, later } from '../builders.js';
import { newTenantOf, type PaymentStore } from '../payment-store.js';
import { expectTold } from './told-events.js';

export function changing(current: () => PaymentStore): void {
  describe('change', () => {
    let store: PaymentStore;
    let tenantId: TenantId;
    const added = async (count: number): Promise<Change[]> => {
      const changes = Array.from({ length: count }, () => aChange({ tenantId }));
      await store.repository.add(
        tenantId,
        changes.map((change) => ({ change })),
      );
      return changes;
    };
    const stateOf = async (id: PaymentId): Promise<unknown> =>
      (await store.repository.find(wholeTenant(tenantId), [id]))[0]?.state;
    const succeed = (payment: Payment): Change => payment.succeed(anOccasion(), `provider-${payment.id}`);

    beforeEach(async () => {
      store = current();
      tenantId = await newTenantOf(store);
    });

    test('nothing asked, nothing answered', async () => {
      expect(await store.repository.change(wholeTenant(tenantId), [], succeed)).toEqual([]);
    });

    test('decides about what is stored and stores what is decided, in the caller’s order', async () => {
      const created = await added(3);
      const ids = created.map(({ payment }) => payment.id).reverse();
      const seen = new Map<PaymentId, Payment>();
      const outcomes = await store.repository.change(wholeTenant(tenantId), ids, (payment) => {
        seen.set(payment.id, payment);
        return succeed(payment);
      });
      for (const { payment } of created) expect(seen.get(payment.id)?.state).toEqual(payment.state);
      const changes = outcomes.map((outcome) => (outcome.outcome === 'changed' ? outcome.change : undefined));
      expect(changes.map((change) => change?.payment.id)).toEqual(ids);
      for (const change of changes) expect(await stateOf(change?.payment.id ?? '')).toEqual(change?.payment.state);
    });

    test('unchanged, missing and changed in one call', async () => {
      const [left, settled] = (await added(2)) as [Change, Change];
      const nobody = newId();
      const outcomes = await store.repository.change(
        wholeTenant(tenantId),
        [nobody, left.payment.id, settled.payment.id],
        (payment) => (payment.id === left.payment.id ? undefined : succeed(payment)),
      );
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['missing', 'unchanged', 'changed']);
      expect(outcomes[1]).toEqual({ outcome: 'unchanged', payment: left.payment });
      expect(await stateOf(left.payment.id)).toEqual(left.payment.state);
      await expectTold(store, left.payment.id, [left]);
    });

    test('an id that stands twice is decided about once and answered twice', async () => {
      const [created] = (await added(1)) as [Change];
      const { id } = created.payment;
      const outcomes = await store.repository.change(wholeTenant(tenantId), [id, newId(), id], succeed);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['changed', 'missing', 'changed']);
      expect(outcomes[2]).toEqual(outcomes[0]);
      expect(await store.repository.history(wholeTenant(tenantId), id)).toHaveLength(2);
    });

    test('a decision that throws undoes the whole batch and is thrown on', async () => {
      const created = await added(4);
      const ids = created.map(({ payment }) => payment.id);
      const bad = ids[2];
      const changing = store.repository.change(wholeTenant(tenantId), ids, (payment) => {
        if (payment.id === bad) throw new TypeError('a bug in this decision');
        return succeed(payment);
      });
      await expect(changing).rejects.toThrow(new TypeError('a bug in this decision'));
      for (const change of created) {
        expect(await stateOf(change.payment.id)).toEqual(change.payment.state);
        await expectTold(store, change.payment.id, [change]);
      }
      const outcomes = await store.repository.change(wholeTenant(tenantId), ids, succeed);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'changed'));
    });

    test('bookkeeping is stored without history or event', async () => {
      const [created] = (await added(1)) as [Change];
      const { id } = created.payment;
      const next = later(new Date(), 5_000);
      await store.repository.change(wholeTenant(tenantId), [id], (payment) =>
        payment.postpone(later(next, -1_000), next, 'slow 🐢'),
      );
      expect(await stateOf(id)).toMatchObject({ attention: 'slow 🐢', nextAttemptAt: next, version: 1 });
      expect(await store.repository.history(wholeTenant(tenantId), id)).toHaveLength(1);
      await expectTold(store, id, [created]);
    });

    test('what is cleared stays cleared', async () => {
      const [created] = (await added(1)) as [Change];
      const { id } = created.payment;
      const now = new Date();
      for (const decide of [
        (payment: Payment) => payment.takeUp(anOccasion(now), later(now, 30_000)),
        (payment: Payment) => payment.park(now, 'look at this'),
        (payment: Payment) => payment.replay(now),
      ]) {
        const [outcome] = await store.repository.change(wholeTenant(tenantId), [id], decide);
        expect(outcome).toMatchObject({ outcome: 'changed' });
        if (outcome?.outcome === 'changed') expect(await stateOf(id)).toEqual(outcome.change.payment.state);
      }
    });

    test('another tenant’s payment is missing, and nobody decides about it', async () => {
      const [created] = (await added(1)) as [Change];
      const decide = jest.fn(succeed);
      const outcomes = await store.repository.change(
        wholeTenant(await newTenantOf(store)),
        [created.payment.id],
        decide,
      );
      expect(outcomes).toEqual([{ outcome: 'missing' }]);
      expect(decide).not.toHaveBeenCalled();
      expect(await stateOf(created.payment.id)).toEqual(created.payment.state);
    });
  });
}
