import { formatMoney, type Currency, type Money } from '@ferry/kernel';
import type { Metadata, RecordedPayment, Source } from '@ferry/recording';

export interface RecordedPaymentRow {
  tenant_id: string;
  id: string;
  business_unit_id: string;
  reference_number: string;
  loan_account_number: string;
  cif: string;
  amount_minor: string;
  currency: string;
  payment_date: Date;
  payment_channel: string | null;
  source: Source;
  metadata: Metadata;
  created_at: Date;
}

export const recordedPaymentColumns =
  'tenant_id, id, business_unit_id, reference_number, loan_account_number, cif, amount_minor, currency, payment_date, ' +
  'payment_channel, source, metadata, created_at';

export function recordedPaymentOf(row: RecordedPaymentRow): RecordedPayment {
  const money: Money = { amountMinor: BigInt(row.amount_minor), currency: row.currency as Currency };
  formatMoney(money); // a currency that we do not know must not come out of the database unnoticed
  return {
    tenantId: row.tenant_id,
    id: row.id,
    businessUnitId: row.business_unit_id,
    referenceNumber: row.reference_number,
    loanAccountNumber: row.loan_account_number,
    cif: row.cif,
    money,
    paymentDate: row.payment_date,
    ...(row.payment_channel === null ? {} : { paymentChannel: row.payment_channel }),
    source: row.source,
    metadata: row.metadata,
    createdAt: row.created_at,
  };
}
