import type { NewId, Origin } from '@ferry/kernel';
import type { PaymentFact, Recording, Source, TenantId } from './recorded-payment.js';

/** A fact that somebody told us, for whom, and in which request. */
export interface ToldFact {
  readonly fact: PaymentFact;
  readonly businessUnitId: string;
  readonly origin: Origin;
}

/** What becomes of a fact if it turns out to be new. */
export const newRecording = (
  tenantId: TenantId,
  source: Source,
  { fact, businessUnitId, origin }: ToldFact,
  now: Date,
  newId: NewId,
): Recording => ({
  payment: { ...fact, tenantId, id: newId(now), businessUnitId, source, createdAt: now },
  eventId: newId(now),
  origin,
});
