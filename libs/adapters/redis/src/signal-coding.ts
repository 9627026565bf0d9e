import { isUuid } from '@ferry/kernel';
import type { PaymentSignal } from '@ferry/payments';

/** A JSON array of `{"tenant_id", "payment_id"}`. */
export const encodeSignals = (signals: readonly PaymentSignal[]): string =>
  JSON.stringify(signals.map(({ tenantId, paymentId }) => ({ tenant_id: tenantId, payment_id: paymentId })));

/** What is readable of it: anybody who reaches Redis can publish anything. */
export function decodeSignals(text: string): PaymentSignal[] {
  const batch = parse(text);
  return Array.isArray(batch) ? batch.flatMap(signalOf) : [];
}

function signalOf(item: unknown): PaymentSignal[] {
  if (typeof item !== 'object' || item === null) return [];
  const { tenant_id: tenantId, payment_id: paymentId } = item as Record<string, unknown>;
  if (typeof tenantId !== 'string' || typeof paymentId !== 'string' || !isUuid(paymentId)) return [];
  return [{ tenantId, paymentId }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
