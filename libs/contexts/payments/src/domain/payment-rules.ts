import { formatMoney, type Currency } from '@ferry/kernel';
import type { PaymentInstruction } from './payment.js';

/** What a tenant has decided about its payments. What is empty leaves the choice open. */
export interface PaymentRules {
  readonly currencies: readonly Currency[];
  readonly rails: readonly string[];
  /** Of one payment, in minor units, for each currency that has a limit. */
  readonly amountMaxMinor: Readonly<Record<string, bigint>>;
}

/** A rule that an instruction breaks; `allowed` says to people what would keep it. */
export interface Breach {
  readonly field: 'currency' | 'rail' | 'amount' | 'business_unit_id';
  readonly rule: 'currency-not-allowed' | 'rail-not-allowed' | 'above-amount-max' | 'unknown-business-unit';
  readonly allowed: string;
}

/** All of them together; none when the tenant allows it. */
export function breachesOf(
  { currencies, rails, amountMaxMinor }: PaymentRules,
  { money, rail }: PaymentInstruction,
): readonly Breach[] {
  const breaches: Breach[] = [];
  if (currencies.length > 0 && !currencies.includes(money.currency))
    breaches.push({ field: 'currency', rule: 'currency-not-allowed', allowed: `one of ${currencies.join(', ')}` });
  if (rails.length > 0 && !rails.includes(rail))
    breaches.push({ field: 'rail', rule: 'rail-not-allowed', allowed: `one of ${rails.join(', ')}` });
  const max = amountMaxMinor[money.currency];
  if (max !== undefined && money.amountMinor > max) {
    const allowed = `${formatMoney({ ...money, amountMinor: max })} ${money.currency} at most`;
    breaches.push({ field: 'amount', rule: 'above-amount-max', allowed });
  }
  return breaches;
}

/** Of an instruction whose business unit the tenant has not got. */
export const unknownUnit: Breach = {
  field: 'business_unit_id',
  rule: 'unknown-business-unit',
  allowed: 'one of its business units',
};
