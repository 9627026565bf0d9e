import type { Money, Origin, Uuid } from '@ferry/kernel';

export type TenantId = string;
export type RecordedPaymentId = Uuid;

/** How a recorded payment reached us. */
export const sources = ['staging', 'webhook'] as const;
export type Source = (typeof sources)[number];

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type Metadata = Readonly<Record<string, JsonValue>>;

/** A payment that happened elsewhere, as whoever tells us of it says. */
export interface PaymentFact {
  /** Unique per tenant: what makes one telling the duplicate of another. */
  readonly referenceNumber: string;
  readonly loanAccountNumber: string;
  /** Customer information file: the number of the customer at the bank. */
  readonly cif: string;
  readonly money: Money;
  readonly paymentDate: Date;
  readonly paymentChannel?: string | undefined;
  readonly metadata: Metadata;
}

/** A fact that is recorded. It never changes and is never executed. */
export interface RecordedPayment extends PaymentFact {
  readonly tenantId: TenantId;
  /** UUIDv7 of the moment in which it was recorded. */
  readonly id: RecordedPaymentId;
  readonly businessUnitId: string;
  readonly source: Source;
  readonly createdAt: Date;
}

/** A recorded payment as it is stored, with the event that tells of it: they commit together. */
export interface Recording {
  readonly payment: RecordedPayment;
  readonly eventId: Uuid;
  readonly origin: Origin;
}
