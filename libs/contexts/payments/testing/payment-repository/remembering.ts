import { beforeEach, describe, expect, test } from '@jest/globals';
import { wholeTenant } from '../../src/domain/owner.js';
import type { TenantId } from '../../src/domain/payment.js';
import { anAddition, later } from '../builders.js';
import { newTenantOf, type PaymentStore } from '../payment-store.js';

export function remembering(current: () => PaymentStore): void {
  describe('remembered', () => {
    const now = new Date();
    const expiresAt = later(now, 60_000);
    const [same, other] = ['a'.repeat(64), 'b'.repeat(64)];
    let store: PaymentStore;
    let tenantId: TenantId;

    beforeEach(async () => {
      store = current();
      tenantId = await newTenantOf(store);
    });

    test('answers in the order of the keys, as an addition would be answered, and writes nothing', async () => {
      const first = anAddition({ tenantId, now }, { key: 'known', fingerprint: same, response: '{"n":1}', expiresAt });
      await store.repository.add(tenantId, [first]);
      const asked = [
        { key: 'free', fingerprint: same },
        { key: 'known', fingerprint: same },
        { key: 'known', fingerprint: other },
      ];
      const answers = [
        undefined,
        { outcome: 'replayed', paymentId: first.change.payment.id, response: '{"n":1}' },
        { outcome: 'key-reused' },
      ];
      expect(await store.repository.remembered(tenantId, asked, now)).toEqual(answers);
      expect(await store.repository.remembered(tenantId, asked, now)).toEqual(answers);
      expect(await store.repository.list(wholeTenant(tenantId), { limit: 9 })).toHaveLength(1);
    });

    test('not what has expired, nor what another tenant asked', async () => {
      const addition = anAddition({ tenantId, now }, { key: 'known', fingerprint: same, expiresAt });
      await store.repository.add(tenantId, [addition]);
      const asked = [{ key: 'known', fingerprint: same }];
      expect(await store.repository.remembered(tenantId, asked, later(expiresAt, -1))).not.toEqual([undefined]);
      expect(await store.repository.remembered(tenantId, asked, expiresAt)).toEqual([undefined]);
      expect(await store.repository.remembered(await newTenantOf(store), asked, now)).toEqual([undefined]);
    });

    test('nothing asked, nothing answered', async () => {
      expect(await store.repository.remembered(tenantId, [], now)).toEqual([]);
    });
  });
}
