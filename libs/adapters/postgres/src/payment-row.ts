import { formatMoney, isoTime, type Currency, type Money } from '@ferry/kernel';
import { Payment, type Metadata, type PaymentKind, type PaymentState, type PaymentStatus } from '@ferry/payments';

export interface PaymentRow {
  tenant_id: string;
  id: string;
  business_unit_id: string;
  kind: PaymentKind;
  rail: string;
  amount_minor: string;
  currency: string;
  reference: string;
  external_id: string | null;
  account_id: string | null;
  metadata: Metadata;
  status: PaymentStatus;
  reason: string | null;
  attention: string | null;
  provider_reference: string | null;
  attempts: number;
  next_attempt_at: Date | null;
  lease_until: Date | null;
  version: number;
  correlation_id: string;
  traceparent: string;
  created_at: Date;
  updated_at: Date;
}

export const paymentColumns =
  'tenant_id, id, business_unit_id, kind, rail, amount_minor, currency, reference, external_id, account_id, metadata, status, reason, attention, ' +
  'provider_reference, attempts, next_attempt_at, lease_until, version, correlation_id, traceparent, created_at, updated_at';

export function paymentOf(row: PaymentRow): Payment {
  const money: Money = { amountMinor: BigInt(row.amount_minor), currency: row.currency as Currency };
  formatMoney(money); // a currency that we do not know must not come out of the database unnoticed
  return Payment.restore({
    tenantId: row.tenant_id,
    id: row.id,
    businessUnitId: row.business_unit_id,
    kind: row.kind,
    rail: row.rail,
    money,
    reference: row.reference,
    externalId: row.external_id ?? undefined,
    accountId: row.account_id ?? undefined,
    metadata: row.metadata,
    status: row.status,
    reason: row.reason ?? undefined,
    attention: row.attention ?? undefined,
    providerReference: row.provider_reference ?? undefined,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    leaseUntil: row.lease_until ?? undefined,
    version: row.version,
    origin: { correlationId: row.correlation_id, traceparent: row.traceparent },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}

/** When a sweeper may speak for the payment: a while after it is due and free, so that the message meant for it comes first. */
export function sweepAt({ nextAttemptAt, leaseUntil }: PaymentState, graceMs: number): Date | undefined {
  if (!nextAttemptAt) return undefined;
  const free = Math.max(nextAttemptAt.getTime(), leaseUntil?.getTime() ?? 0);
  return new Date(free + graceMs);
}

export const timestamp = (time: Date | undefined): string | null => (time ? isoTime(time) : null);

/** `attention` may quote a provider; the column holds this much. */
export const shortened = (text: string | undefined): string | null => text?.slice(0, 500) ?? null;
