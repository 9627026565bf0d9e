import { expect } from '@jest/globals';
import { eventJson } from '../../src/domain/event-json.js';
import type { Change, PaymentId } from '../../src/domain/payment.js';
import type { PaymentStore, StoredEvent } from '../payment-store.js';

/** Events of one payment by version; `undefined` if this store cannot show them. */
export async function toldEvents(store: PaymentStore, id: PaymentId): Promise<readonly StoredEvent[] | undefined> {
  const all = await store.outbox?.();
  return all?.filter(({ aggregateId }) => aggregateId === id).sort((a, b) => a.version - b.version);
}

/** Holds what was told of a payment against the changes made to it: no hole, no duplicate, no other text. */
export async function expectTold(store: PaymentStore, id: PaymentId, changes: readonly Change[]): Promise<void> {
  const told = await toldEvents(store, id);
  if (!told) return;
  const events = changes.flatMap((change) => change.events);
  expect(told.map(({ version, type, payload }) => ({ version, type, payload }))).toEqual(
    events.map((event) => ({ version: event.version, type: event.type, payload: eventJson(event) })),
  );
  expect(told.map(({ version }) => version)).toEqual(told.map((_, i) => i + 1));
}
