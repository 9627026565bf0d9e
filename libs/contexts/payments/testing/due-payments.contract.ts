import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { wholeTenant } from '../src/domain/owner.js';
import type { Change, Payment, PaymentId, TenantId } from '../src/domain/payment.js';
import type { DuePayment } from '../src/ports/due-payments.js';
import { aChange, anOccasion, later, type Given } from './builders.js';
import { newTenantOf, type MakePaymentStore, type PaymentStore } from './payment-store.js';

/** What every DuePayments promises. The store must be empty when made: a claim looks at all tenants. */
export function duePaymentsContract(name: string, make: MakePaymentStore): void {
  describe(`${name} is a DuePayments`, () => {
    const now = new Date();
    const until = later(now, 60_000);
    let store: PaymentStore;
    let tenantId: TenantId;

    const start = async (graceMs: number): Promise<void> => {
      store = await make({ graceMs });
      tenantId = await newTenantOf(store);
    };
    const add = async (...givens: Given[]): Promise<PaymentId[]> => {
      const changes = givens.map((given) => aChange({ tenantId, ...given }));
      for (const [tenant, own] of Map.groupBy(changes, ({ payment }) => payment.state.tenantId))
        await store.repository.add(
          tenant,
          own.map((change) => ({ change })),
        );
      return changes.map(({ payment }) => payment.id);
    };
    const change = async (id: PaymentId | undefined, decide: (payment: Payment) => Change): Promise<void> => {
      const [outcome] = await store.repository.change(wholeTenant(tenantId), [id ?? ''], decide);
      expect(outcome?.outcome).toBe('changed');
    };
    const idsOf = (due: readonly DuePayment[]): PaymentId[] => due.map(({ paymentId }) => paymentId);
    /** Which are claimed is promised, not their order within the answer. */
    const claim = async (at: Date, limit = 100, to = later(at, 60_000)): Promise<PaymentId[]> =>
      idsOf(await store.due.claim(tenantId, limit, at, to)).sort();
    /** The first is the oldest; all are due. */
    const aged = (count: number): Given[] =>
      Array.from({ length: count }, (_, i) => ({ now: later(now, (i - count) * 1_000) }));

    beforeEach(() => start(0));
    afterEach(() => store.close());

    describe('claim', () => {
      test('finds nothing in an empty store', async () => {
        expect(await claim(now)).toEqual([]);
      });

      test('a new payment is due when it is created, not before', async () => {
        const ids = await add({ now });
        expect(await claim(later(now, -1))).toEqual([]);
        expect(await claim(now)).toEqual(ids);
      });

      test('says which payment, whose, and where it comes from', async () => {
        const origin = { correlationId: 'corr-é', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
        const [paymentId] = await add({ now, origin });
        expect(await store.due.claim(tenantId, 1, now, until)).toEqual([{ tenantId, paymentId, origin }]);
      });

      test('a fresh payment is left to its message for the time of grace', async () => {
        await store.close();
        await start(5_000);
        const ids = await add({ now });
        expect(await claim(later(now, 4_999))).toEqual([]);
        expect(await claim(later(now, 5_000))).toEqual(ids);
      });

      test('one that no message speaks for is due without it', async () => {
        await store.close();
        await start(5_000);
        const created = { ...aChange({ tenantId, now }), unannounced: true as const };
        await store.repository.add(tenantId, [{ change: created }]);
        expect(await claim(now, 1, until)).toEqual([created.payment.id]);
        await change(created.payment.id, (payment) => ({
          ...payment.postpone(now, later(now, 1_000)),
          unannounced: true,
        }));
        expect(await claim(later(now, 999))).toEqual([]);
        expect(await claim(later(now, 1_000))).toEqual([created.payment.id]);
      });

      test('what is claimed is left alone until then', async () => {
        const ids = await add({ now });
        expect(await claim(now)).toEqual(ids);
        expect(await claim(later(until, -1))).toEqual([]);
        expect(await claim(until)).toEqual(ids);
        expect(await claim(until)).toEqual([]);
      });

      test('oldest first, at most `limit`', async () => {
        const ids = await add(...aged(5));
        expect(await claim(now, 2)).toEqual(ids.slice(0, 2));
        expect(await claim(now, 2)).toEqual(ids.slice(2, 4));
        expect(await claim(now, 2)).toEqual(ids.slice(4));
      });

      test('oldest means longest due, not longest known', async () => {
        const [first, second] = await add(...aged(2));
        await change(first, (payment) => payment.postpone(now, now));
        expect(await claim(now, 1)).toEqual([second]);
        expect(await claim(now, 1)).toEqual([first]);
      });

      test('claims that run at once are disjoint, and none is lost', async () => {
        const ids = await add(...aged(60));
        const claimed = (await Promise.all(Array.from({ length: 4 }, () => claim(now, 20)))).flat();
        for (let more = await claim(now, 20); more.length > 0; more = await claim(now, 20)) claimed.push(...more);
        expect(claimed.toSorted()).toEqual(ids.toSorted());
      });

      test('payments of that tenant only', async () => {
        const [own] = await add({ now }, { tenantId: await newTenantOf(store), now });
        expect(await claim(now)).toEqual([own]);
      });

      test('a leased payment only after its lease', async () => {
        const [id] = await add({ now });
        await change(id, (payment) => payment.takeUp(anOccasion(now), later(now, 30_000)));
        expect(await claim(later(now, 29_999))).toEqual([]);
        expect(await claim(later(now, 30_000))).toEqual([id]);
      });

      test('a lease outlasts an earlier claim and a replay', async () => {
        const [id] = await add({ now });
        await claim(now, 1, later(now, 1_000));
        await change(id, (payment) => payment.takeUp(anOccasion(now), later(now, 30_000)));
        expect(await claim(later(now, 1_000))).toEqual([]);
        await change(id, (payment) => payment.replay(later(now, 2_000)));
        expect(await claim(later(now, 29_999))).toEqual([]);
        expect(await claim(later(now, 30_000))).toEqual([id]);
      });

      test('a postponed payment when its time has come', async () => {
        const [id] = await add({ now });
        await change(id, (payment) => payment.postpone(now, later(now, 10_000)));
        expect(await claim(later(now, 9_999))).toEqual([]);
        expect(await claim(later(now, 10_000))).toEqual([id]);
      });

      test('never a parked one, until it is replayed', async () => {
        const [id] = await add({ now });
        await change(id, (payment) => payment.park(now, 'poison'));
        expect(await claim(later(now, 1e9))).toEqual([]);
        await change(id, (payment) => payment.replay(later(now, 2e9)));
        expect(await claim(later(now, 2e9))).toEqual([id]);
      });

      test('never one that has ended, claimed or not', async () => {
        const [a, b, c] = await add(...aged(3));
        await change(a, (payment) => payment.cancel(anOccasion()));
        expect(await claim(now, 1)).toEqual([b]);
        await change(b, (payment) => payment.fail(anOccasion(), 'declined'));
        await change(c, (payment) => payment.succeed(anOccasion()));
        expect(await claim(later(now, 1e9))).toEqual([]);
      });

      test('a clock that was set back finds less, breaks nothing', async () => {
        const ids = await add({ now });
        expect(await claim(later(now, -3_600_000))).toEqual([]);
        expect(await claim(now)).toEqual(ids);
        expect(await claim(later(now, -3_600_000))).toEqual([]);
      });
    });

    describe('tenants', () => {
      test('those that have something due, each once, in the order of their ids, a page after the other', async () => {
        const tenants = [tenantId, await newTenantOf(store), await newTenantOf(store)].sort();
        await newTenantOf(store);
        await add(
          ...tenants.flatMap((tenant) => [
            { tenantId: tenant, now },
            { tenantId: tenant, now },
          ]),
        );
        expect(await store.due.tenants(10, later(now, -1))).toEqual([]);
        expect(await store.due.tenants(10, now)).toEqual(tenants);
        expect(await store.due.tenants(2, now)).toEqual(tenants.slice(0, 2));
        expect(await store.due.tenants(2, now, tenants[1])).toEqual(tenants.slice(2));
      });

      test('not for what is claimed, ended or parked', async () => {
        const [ended, parked] = await add({ now }, { now });
        await change(ended, (payment) => payment.cancel(anOccasion()));
        await change(parked, (payment) => payment.park(now, 'poison'));
        expect(await store.due.tenants(10, later(now, 1e9))).toEqual([]);
        await add({ now });
        expect(await claim(now, 1, until)).toHaveLength(1);
        expect(await store.due.tenants(10, later(until, -1))).toEqual([]);
        expect(await store.due.tenants(10, until)).toEqual([tenantId]);
      });
    });

    describe('parked', () => {
      test('lists what is parked, and nothing else', async () => {
        const [, parked, unknown, taken, ended] = await add(...aged(5));
        await change(parked, (payment) => payment.park(now, 'poison'));
        await change(unknown, (payment) => payment.postpone(now, later(now, 1), 'outcome unknown'));
        await change(taken, (payment) => payment.takeUp(anOccasion(), until));
        await change(ended, (payment) => payment.succeed(anOccasion()));
        expect(await store.due.parked(10)).toEqual([{ tenantId, paymentId: parked, origin: expect.anything() }]);
        await change(parked, (payment) => payment.replay(now));
        expect(await store.due.parked(10)).toEqual([]);
      });

      test('a payment parked while the rail had it stays where it is', async () => {
        const [id] = await add({ now });
        await change(id, (payment) => payment.takeUp(anOccasion(), until));
        await change(id, (payment) => payment.park(now, 'no rail here'));
        expect(idsOf(await store.due.parked(10))).toEqual([id]);
        expect(await claim(later(until, 1e9))).toEqual([]);
      });

      test('oldest first, and pages meet each of all tenants once', async () => {
        const other = await newTenantOf(store);
        const ids = await add(...aged(5), ...aged(4).map((given) => ({ ...given, tenantId: other })));
        for (const [tenant, own] of [
          [tenantId, ids.slice(0, 5)],
          [other, ids.slice(5)],
        ] as const)
          await store.repository.change(wholeTenant(tenant), own, (payment) => payment.park(now, 'poison'));
        const walked: DuePayment[] = [];
        for (let page = await store.due.parked(2); page.length > 0; page = await store.due.parked(2, walked.at(-1))) {
          expect(page.length).toBeLessThanOrEqual(2);
          walked.push(...page);
          if (walked.length > ids.length) break;
        }
        expect(idsOf(walked).toSorted()).toEqual(ids.toSorted());
        expect(idsOf(walked.filter((one) => one.tenantId === tenantId))).toEqual(ids.slice(0, 5));
      });
    });
  });
}
