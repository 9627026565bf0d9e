import { beforeEach, describe, expect, test } from '@jest/globals';
import { wholeTenant } from '../../src/domain/owner.js';
import type { Change, Payment, TenantId } from '../../src/domain/payment.js';
import { aChange, anOccasion, later, moneyOf } from '../builders.js';
import { newTenantOf, type PaymentStore } from '../payment-store.js';
import { expectTold, toldEvents } from './told-events.js';

const lives: readonly [string, ((payment: Payment) => Change)[]][] = [
  ['cancelled', [(payment) => payment.cancel(anOccasion())]],
  ['decided at once', [(payment) => payment.succeed(anOccasion())]],
  [
    'postponed, taken up, asked again, failed',
    [
      (payment) => payment.postpone(new Date(), new Date()),
      (payment) => payment.takeUp(anOccasion(), later(new Date(), 1)),
      (payment) => payment.takeUp(anOccasion(), later(new Date(), 1)),
      (payment) => payment.fail(anOccasion(), 'payer_declined'),
    ],
  ],
];

export function telling(current: () => PaymentStore): void {
  describe('events', () => {
    let store: PaymentStore;
    let tenantId: TenantId;

    beforeEach(async () => {
      store = current();
      tenantId = await newTenantOf(store);
    });

    test.each(lives)('one for each status change, without a gap: %s', async (_, decisions) => {
      const created = aChange({ tenantId, money: moneyOf('9999999999999.90', 'EUR'), metadata: { name: 'Zoë "🛶"' } });
      const { id } = created.payment;
      await store.repository.add(tenantId, [{ change: created }]);
      const changes = [created];
      for (const decide of decisions) {
        const [outcome] = await store.repository.change(wholeTenant(tenantId), [id], decide);
        if (outcome?.outcome === 'changed') changes.push(outcome.change);
      }
      await expectTold(store, id, changes);
      for (const { version, type, payload } of (await toldEvents(store, id)) ?? []) {
        const event = changes.flatMap(({ events }) => events).find((one) => one.version === version);
        expect(JSON.parse(payload)).toMatchObject({
          event_id: event?.id,
          event_type: type,
          version,
          payment: { id, tenant_id: tenantId, status: event?.payment.status, metadata: { name: 'Zoë "🛶"' } },
        });
        expect(payload).toContain('"amount":9999999999999.90');
      }
    });
  });
}
