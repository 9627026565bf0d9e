import type { NewId, Uuid } from '@ferry/kernel';
import type { TenantId } from './recorded-payment.js';

/** Who does something, from where, in which request. */
export interface Occasion {
  readonly actor: { readonly kind: 'key' | 'person' | 'nobody' | 'operator' | 'system'; readonly id: string };
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
}

/** What the tenant's audit log is told, in the transaction of what it tells wherever that is one. */
export interface Told extends Occasion {
  readonly tenantId: TenantId;
  /** UUIDv7 of `at`. */
  readonly id: Uuid;
  readonly at: Date;
  readonly action:
    | 'channel.saved'
    | 'channel.removed'
    | 'webhook.replayed'
    | 'staging.source-added'
    | 'staging.source-enabled'
    | 'staging.source-disabled'
    | 'staging.retried'
    | 'archive.ordered'
    | 'restore.ordered';
  readonly subject: string;
  /** JSON texts. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export const toldOf = (
  newId: NewId,
  at: Date,
  { actor, address, requestId }: Occasion,
  what: Pick<Told, 'tenantId' | 'action' | 'subject' | 'before' | 'after'>,
): Told => ({ ...what, id: newId(at), at, actor, address, requestId });
