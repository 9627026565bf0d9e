import { randomBytes } from 'node:crypto';
import { newId, newTraceparent, parseMoney, type Money } from '@ferry/kernel';
import { newRecording, type ToldFact } from '../src/domain/new-recording.js';
import type { PaymentFact, RecordedPayment, Recording, TenantId } from '../src/domain/recorded-payment.js';

/** What a test may say about a recorded payment; everything it does not say is valid and unique. */
export type Given = Partial<RecordedPayment>;

/** Fits `tenant_id VARCHAR(20)`. */
export const aTenant = (): TenantId => `t-${randomBytes(8).toString('hex')}`;

export const aReferenceNumber = (): string => `ref-${newId()}`;

export const moneyOf = (amount: string, currency: string): Money => {
  const result = parseMoney(amount, currency);
  if ('fault' in result) throw new Error(`${amount} ${currency}: ${result.fault}`);
  return result.money;
};

export const aFact = (given: Partial<PaymentFact> = {}): PaymentFact => ({
  referenceNumber: aReferenceNumber(),
  loanAccountNumber: 'LN-0001',
  cif: 'CIF-1',
  money: moneyOf('100.50', 'EUR'),
  paymentDate: new Date('2026-11-20T09:00:00.000Z'),
  metadata: {},
  ...given,
});

export const aToldFact = (given: Partial<PaymentFact> = {}): ToldFact => ({
  fact: aFact(given),
  businessUnitId: 'default',
  origin: { correlationId: newId(), traceparent: newTraceparent() },
});

/** The recording of a fact that was told by webhook just now. */
export function aRecording({
  tenantId = 'default',
  source = 'webhook',
  createdAt = new Date(),
  ...given
}: Given = {}): Recording {
  const recording = newRecording(tenantId, source, aToldFact(), createdAt, newId);
  return { ...recording, payment: { ...recording.payment, ...given } };
}
