import { describe, expect, test } from '@jest/globals';
import type { Recording, TenantId } from '../../src/domain/recorded-payment.js';
import { aRecording } from '../builders.js';
import type { RecordingStore } from '../recording-store.js';

export function forgetting(store: () => RecordingStore, tenantId: () => TenantId): void {
  describe('references whose row in the narrow table is gone', () => {
    const createdAt = new Date();
    const make = (referenceNumber: string, paymentDate: Date): Recording =>
      aRecording({ tenantId: tenantId(), createdAt, referenceNumber, paymentDate });
    const dates = [new Date('2026-03-31T23:59:59.999Z'), new Date('2026-09-01T00:00:00.000Z')] as const;

    async function forgotten(): Promise<readonly [Recording, Recording]> {
      const old = [make('old-1', dates[0]), make('old-2', dates[1])] as const;
      await store().payments.record(tenantId(), old);
      await store().forget(tenantId(), ['old-1', 'old-2']);
      return old;
    }

    test('are still held', async () => {
      const [one, two] = await forgotten();
      const held = await store().payments.holders(tenantId(), ['old-2', 'new', 'old-1']);
      expect(held).toEqual([two.payment.id, undefined, one.payment.id]);
    });

    test('are still duplicates, whatever date comes with them, and the first time is as the second', async () => {
      const [one, two] = await forgotten();
      const later = new Date('2026-11-11T00:00:00.000Z');
      for (let time = 0; time < 2; time += 1) {
        const again = [make('old-2', dates[1]), make(`new-${time}`, dates[0]), make('old-1', later)];
        expect(await store().payments.record(tenantId(), again)).toEqual([
          { outcome: 'duplicate', paymentId: two.payment.id },
          { outcome: 'created' },
          { outcome: 'duplicate', paymentId: one.payment.id },
        ]);
      }
      expect(await store().payments.list(tenantId(), { limit: 10 })).toHaveLength(4);
      expect(await store().outbox(tenantId())).toHaveLength(4);
    });

    test('of one tenant are no business of another', async () => {
      await forgotten();
      const other = await store().newTenant();
      const theirs = aRecording({ tenantId: other, referenceNumber: 'old-1', paymentDate: dates[0] });
      expect(await store().payments.record(other, [theirs])).toEqual([{ outcome: 'created' }]);
    });
  });
}
