import { describe, expect, test } from '@jest/globals';
import { recordedEventJson } from '../../src/domain/recorded-event.js';
import type { TenantId } from '../../src/domain/recorded-payment.js';
import { aRecording, aReferenceNumber, moneyOf } from '../builders.js';
import type { RecordingStore } from '../recording-store.js';

export function recording(store: () => RecordingStore, tenantId: () => TenantId): void {
  describe('recording', () => {
    test('what is new is created, with its event', async () => {
      const recordings = [aRecording({ tenantId: tenantId() }), aRecording({ tenantId: tenantId() })].map(
        (one, _, all) => ({
          ...one,
          payment: { ...one.payment, createdAt: all[0]?.payment.createdAt ?? new Date() },
        }),
      );
      expect(await store().payments.record(tenantId(), recordings)).toEqual([
        { outcome: 'created' },
        { outcome: 'created' },
      ]);
      const payments = recordings.map(({ payment }) => payment);
      expect(
        await store().payments.find(
          tenantId(),
          payments.map(({ id }) => id),
        ),
      ).toEqual(payments);
      const events = await store().outbox(tenantId());
      expect(events.toSorted((one, other) => (one.aggregateId < other.aggregateId ? -1 : 1))).toEqual(
        recordings.map((one) => ({
          aggregateId: one.payment.id,
          version: 1,
          type: 'payment.recorded',
          payload: recordedEventJson(one),
        })),
      );
    });

    test('all of a payment is kept, to the last letter', async () => {
      const one = aRecording({
        tenantId: tenantId(),
        source: 'staging',
        businessUnitId: 'north',
        referenceNumber: `支付 "1", {2} \\ 'é'  ${aReferenceNumber()}`,
        loanAccountNumber: 'L'.repeat(20),
        cif: '{NULL}',
        money: moneyOf('999999999999999', 'XAF'),
        paymentDate: new Date('2026-02-28T23:59:59.999Z'),
        paymentChannel: 'NULL',
        metadata: { text: '"\\ \u001e 🛶', list: [1, null, true], nested: { deep: 1.5 } },
      });
      await store().payments.record(tenantId(), [one]);
      expect(await store().payments.find(tenantId(), [one.payment.id])).toEqual([one.payment]);
      expect((await store().outbox(tenantId())).map(({ payload }) => payload)).toEqual([recordedEventJson(one)]);
    });

    test('the outcome of each stands in its place, and a duplicate writes nothing', async () => {
      const createdAt = new Date();
      const make = (referenceNumber: string) => aRecording({ tenantId: tenantId(), createdAt, referenceNumber });
      const [a, b] = [make('a'), make('b')];
      await store().payments.record(tenantId(), [a, b]);
      const [again, fresh, other] = [make('b'), make('c'), make('a')];
      expect(await store().payments.record(tenantId(), [again, fresh, other])).toEqual([
        { outcome: 'duplicate', paymentId: b.payment.id },
        { outcome: 'created' },
        { outcome: 'duplicate', paymentId: a.payment.id },
      ]);
      const told = (await store().outbox(tenantId())).map(({ aggregateId }) => aggregateId);
      expect(told.sort()).toEqual([a, b, fresh].map(({ payment }) => payment.id).sort());
      expect(await store().payments.list(tenantId(), { limit: 10 })).toHaveLength(3);
    });

    test('a call of duplicates alone writes nothing', async () => {
      const one = aRecording({ tenantId: tenantId() });
      await store().payments.record(tenantId(), [one]);
      const again = aRecording({ tenantId: tenantId(), referenceNumber: one.payment.referenceNumber });
      const duplicate = { outcome: 'duplicate', paymentId: one.payment.id };
      expect(await store().payments.record(tenantId(), [again])).toEqual([duplicate]);
      expect(await store().payments.find(tenantId(), [again.payment.id])).toEqual([undefined]);
      expect(await store().outbox(tenantId())).toHaveLength(1);
    });

    test('nothing is nothing', async () => {
      expect(await store().payments.record(tenantId(), [])).toEqual([]);
    });

    test('the same reference number of another tenant is another one', async () => {
      const other = await store().newTenant();
      const one = aRecording({ tenantId: tenantId() });
      const { referenceNumber } = one.payment;
      await store().payments.record(tenantId(), [one]);
      const theirs = aRecording({ tenantId: other, referenceNumber });
      expect(await store().payments.record(other, [theirs])).toEqual([{ outcome: 'created' }]);
      expect(await store().payments.holders(other, [referenceNumber])).toEqual([theirs.payment.id]);
      expect(await store().payments.holders(tenantId(), [referenceNumber])).toEqual([one.payment.id]);
    });

    test('reference numbers are compared to the letter', async () => {
      const createdAt = new Date();
      const references = ['ref', 'REF', ' ref', 'ref ', 'réf', 're\u0301f'];
      const recordings = references.map((referenceNumber) =>
        aRecording({ tenantId: tenantId(), createdAt, referenceNumber }),
      );
      const outcomes = await store().payments.record(tenantId(), recordings);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(references.map(() => 'created'));
      const ids = recordings.map(({ payment }) => payment.id);
      expect(await store().payments.holders(tenantId(), references)).toEqual(ids);
    });

    test('recordings of two moments or sources are refused', async () => {
      const one = aRecording({ tenantId: tenantId(), createdAt: new Date(0) });
      const others = [
        aRecording({ tenantId: tenantId() }),
        aRecording({ tenantId: tenantId(), source: 'staging', createdAt: new Date(0) }),
      ];
      for (const other of others)
        await expect(store().payments.record(tenantId(), [one, other])).rejects.toThrow('rule broken');
      expect(await store().payments.list(tenantId(), { limit: 10 })).toEqual([]);
    });
  });
}
