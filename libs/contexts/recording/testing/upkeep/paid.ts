import type { RecordedPayment, TenantId } from '../../src/domain/recorded-payment.js';
import { aRecording, type Given } from '../builders.js';

/** A payment that was recorded at the time of its payment date unless it says otherwise. */
export function paid(tenantId: TenantId, date: string, given: Given = {}): RecordedPayment {
  const at = new Date(date);
  return aRecording({ tenantId, paymentDate: at, createdAt: at, ...given }).payment;
}

export const byId = (one: RecordedPayment, other: RecordedPayment): number => (one.id < other.id ? -1 : 1);

export async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}
