import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Owner } from '../../src/domain/owner.js';
import {
  DEFAULT_UNIT,
  type BusinessUnitId,
  type Change,
  type PaymentId,
  type TenantId,
} from '../../src/domain/payment.js';
import type { PaymentQuery } from '../../src/ports/payment-repository.js';
import { aChange, anAddition, anOccasion, aReference, later, type Given } from '../builders.js';
import { newTenantOf, type PaymentStore } from '../payment-store.js';

const now = new Date();

export function ofUnits(current: () => PaymentStore): void {
  describe('business units', () => {
    let store: PaymentStore;
    let tenantId: TenantId;
    const as = (businessUnitId?: BusinessUnitId): Owner => ({ tenantId, businessUnitId });
    const add = async (businessUnitId: BusinessUnitId, given: Given = {}): Promise<Change> => {
      const change = aChange({ tenantId, businessUnitId, ...given });
      expect(await store.repository.add(tenantId, [{ change }])).toEqual([{ outcome: 'added' }]);
      return change;
    };
    const list = async (owner: Owner, query: Partial<PaymentQuery> = {}): Promise<PaymentId[]> =>
      (await store.repository.list(owner, { limit: 100, ...query })).map(({ id }) => id);

    beforeEach(async () => {
      store = current();
      tenantId = await newTenantOf(store);
    });

    test('a payment is found by its unit and by the whole tenant, with its unit; by no other unit', async () => {
      const { id, state } = (await add('north')).payment;
      for (const owner of [as('north'), as()]) {
        expect((await store.repository.find(owner, [id]))[0]?.state).toEqual(state);
        expect(await list(owner, { reference: state.reference })).toEqual([id]);
        expect(await store.repository.history(owner, id)).toHaveLength(1);
      }
      expect(state.businessUnitId).toBe('north');
      for (const unit of ['south', DEFAULT_UNIT, 'North', 'north ', '']) {
        expect(await store.repository.find(as(unit), [id])).toEqual([undefined]);
        expect(await list(as(unit))).toEqual([]);
        expect(await list(as(unit), { reference: state.reference })).toEqual([]);
        expect(await store.repository.history(as(unit), id)).toEqual([]);
      }
    });

    test('a change passes by what is of another unit, without a look at it', async () => {
      const [mine, theirs] = [(await add('north')).payment.id, (await add('south')).payment.id];
      const looked: PaymentId[] = [];
      const outcomes = await store.repository.change(as('north'), [theirs, mine], (payment) => {
        looked.push(payment.id);
        return payment.cancel(anOccasion());
      });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['missing', 'changed']);
      expect(looked).toEqual([mine]);
      const found = await store.repository.find(as(), [theirs, mine]);
      expect(found.map((payment) => payment?.state.status)).toEqual(['PENDING', 'CANCELLED']);
      expect(found.map((payment) => payment?.state.businessUnitId)).toEqual(['south', 'north']);
    });

    test('a list is narrowed to a unit, within what the owner sees, together with other filters', async () => {
      const units = ['north', 'south', DEFAULT_UNIT, 'north', 'north'];
      const ids: PaymentId[] = [];
      for (const [i, unit] of units.entries()) ids.unshift((await add(unit, { now: later(now, i) })).payment.id);
      const [e, d, c, b, a] = ids as [string, string, string, string, string];
      await store.repository.change(as(), [a, b], (payment) => payment.cancel(anOccasion()));
      const cases: readonly [Owner, Partial<PaymentQuery>, PaymentId[]][] = [
        [as(), {}, [e, d, c, b, a]],
        [as(), { businessUnitId: 'north' }, [e, d, a]],
        [as(), { businessUnitId: DEFAULT_UNIT }, [c]],
        [as(), { businessUnitId: 'west' }, []],
        [as('north'), {}, [e, d, a]],
        [as('north'), { businessUnitId: 'north' }, [e, d, a]],
        [as('north'), { businessUnitId: 'south' }, []],
        [as('north'), { limit: 2 }, [e, d]],
        [as('north'), { before: d }, [a]],
        [as('north'), { before: c }, [a]],
        [as('north'), { status: 'CANCELLED' }, [a]],
        [as('north'), { createdFrom: later(now, 4) }, [e]],
        [as(), { businessUnitId: 'south', status: 'CANCELLED', createdTo: later(now, 2) }, [b]],
      ];
      for (const [owner, query, expected] of cases)
        expect({ owner, query, ids: await list(owner, query) }).toEqual({ owner, query, ids: expected });
    });

    test('references and idempotency keys are unique over all units of a tenant', async () => {
      const reference = aReference();
      const { id } = (await add('north', { reference })).payment;
      const again = anAddition({ tenantId, businessUnitId: 'south', reference });
      expect(await store.repository.add(tenantId, [again])).toEqual([
        { outcome: 'duplicate-reference', paymentId: id },
      ]);
      const key = { key: 'k', fingerprint: 'a'.repeat(64) };
      const keyed = (unit: BusinessUnitId, fingerprint: string) =>
        anAddition({ tenantId, businessUnitId: unit }, { ...key, fingerprint });
      await store.repository.add(tenantId, [keyed('north', 'a'.repeat(64))]);
      expect(await store.repository.add(tenantId, [keyed('south', 'b'.repeat(64))])).toEqual([
        { outcome: 'key-reused' },
      ]);
    });

    test('payments of several units are added together', async () => {
      const changes = ['north', DEFAULT_UNIT, 'south'].map((businessUnitId) => aChange({ tenantId, businessUnitId }));
      await store.repository.add(
        tenantId,
        changes.map((change) => ({ change })),
      );
      const found = await store.repository.find(
        as(),
        changes.map(({ payment }) => payment.id),
      );
      expect(found.map((payment) => payment?.state)).toEqual(changes.map(({ payment }) => payment.state));
    });
  });
}
