import type { Clock, NewId } from '@ferry/kernel';
import type { AuditEntry, Occasion } from '../domain/audit.js';

/** What every use case that changes something needs. */
export interface Telling {
  readonly clock: Clock;
  readonly newId: NewId;
}

type Told = Pick<AuditEntry, 'tenantId' | 'action' | 'subject' | 'before' | 'after'>;

export const tell = (newId: NewId, now: Date, { actor, address, requestId }: Occasion, told: Told): AuditEntry => ({
  ...told,
  id: newId(now),
  at: now,
  actor,
  address,
  requestId,
});
