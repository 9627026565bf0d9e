import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { RecordedPayment, Recording, TenantId } from '../../src/domain/recorded-payment.js';
import type { RecordedPaymentQuery } from '../../src/ports/recorded-payments.js';
import { aRecording, type Given } from '../builders.js';
import type { RecordingStore } from '../recording-store.js';

export function reading(store: () => RecordingStore, tenantId: () => TenantId): void {
  const record = async (given: Given): Promise<RecordedPayment> => {
    const one: Recording = aRecording({ tenantId: tenantId(), ...given });
    await store().payments.record(one.payment.tenantId, [one]);
    return one.payment;
  };
  const list = (query: Partial<RecordedPaymentQuery>): Promise<readonly RecordedPayment[]> =>
    store().payments.list(tenantId(), { limit: 100, ...query });

  describe('finding', () => {
    test('payments are found by id, in the order asked; what there is not, or is of another tenant, is not', async () => {
      const [one, two] = [await record({}), await record({})];
      const theirs = await record({ tenantId: await store().newTenant() });
      const ids = [two.id, theirs.id, newId(), one.id, two.id];
      expect(await store().payments.find(tenantId(), ids)).toEqual([two, undefined, undefined, one, two]);
      expect(await store().payments.find(tenantId(), [])).toEqual([]);
    });

    test('holders are told in the order asked', async () => {
      const [one, two] = [await record({}), await record({})];
      const references = [two.referenceNumber, 'nobody', one.referenceNumber, two.referenceNumber];
      expect(await store().payments.holders(tenantId(), references)).toEqual([two.id, undefined, one.id, two.id]);
      expect(await store().payments.holders(tenantId(), [])).toEqual([]);
    });

    test('recent references are the last recorded ones, newest first, whenever they were paid', async () => {
      const early = new Date('2026-01-05T00:00:00.000Z');
      const late = new Date('2026-11-05T00:00:00.000Z');
      const made: RecordedPayment[] = [];
      for (const paymentDate of [late, early, late, early]) made.push(await record({ paymentDate }));
      const expected = made.toReversed().map(({ id, referenceNumber }) => ({ referenceNumber, paymentId: id }));
      expect(await store().payments.recentReferences(tenantId(), 10)).toEqual(expected);
      expect(await store().payments.recentReferences(tenantId(), 3)).toEqual(expected.slice(0, 3));
    });
  });

  describe('listing', () => {
    const days = ['2026-09-30T23:59:59.999Z', '2026-10-01T00:00:00.000Z', '2026-11-15T12:00:00.000Z'].map(
      (time) => new Date(time),
    );
    let made: RecordedPayment[];
    beforeEach(async () => {
      made = [];
      for (const paymentDate of [...days, days[1] as Date]) made.push(await record({ paymentDate }));
      await record({ tenantId: await store().newTenant(), paymentDate: days[1] as Date });
    });
    const [first, second, third, tie] = [0, 1, 2, 3];
    const at = (...places: number[]): RecordedPayment[] => places.map((place) => made[place] as RecordedPayment);

    test('the latest payment date comes first, and of equal ones the greater id', async () => {
      expect(await list({})).toEqual(at(third, tie, second, first));
      expect(await list({ limit: 2 })).toEqual(at(third, tie));
    });

    test('pages follow each other without gap or overlap, also between equal dates', async () => {
      const pages: RecordedPayment[] = [];
      for (let after: RecordedPayment | undefined; pages.length < 5;) {
        const [next] = await list({ limit: 1, after: after && { paymentDate: after.paymentDate, id: after.id } });
        if (!next) break;
        pages.push(next);
        after = next;
      }
      expect(pages).toEqual(at(third, tie, second, first));
    });

    test('`from` is inclusive, `to` is not', async () => {
      expect(await list({ from: days[1] })).toEqual(at(third, tie, second));
      expect(await list({ to: days[1] })).toEqual(at(first));
      expect(await list({ from: days[1], to: days[2] })).toEqual(at(tie, second));
    });

    test('every filter leaves what fits it, and all hold together', async () => {
      const given = {
        loanAccountNumber: 'LN-9',
        cif: 'C-9',
        paymentChannel: 'mpesa',
        source: 'staging',
        businessUnitId: 'north',
      } as const;
      const one = await record(given);
      const { referenceNumber } = one;
      for (const [name, value] of Object.entries({ ...given, referenceNumber }))
        expect(await list({ [name]: value })).toEqual([one]);
      expect(await list({ ...given, referenceNumber })).toEqual([one]);
      expect(await list({ ...given, cif: 'CIF-1' })).toEqual([]);
    });
  });
}
