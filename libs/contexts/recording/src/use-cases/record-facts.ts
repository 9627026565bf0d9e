import type { Clock, Meter, NewId } from '@ferry/kernel';
import { newRecording, type ToldFact } from '../domain/new-recording.js';
import type { RecordedPaymentId, Source, TenantId } from '../domain/recorded-payment.js';
import type { HeldReference, RecordedPayments } from '../ports/recorded-payments.js';
import type { SeenReferences } from '../ports/seen-references.js';
import { confirmedHolders } from './confirmed-holders.js';

export interface FactOutcome {
  readonly outcome: 'created' | 'duplicate';
  /** Of the payment that holds the reference number. */
  readonly paymentId: RecordedPaymentId;
}

export interface RecordFactsNeeds {
  readonly payments: RecordedPayments;
  readonly seen: SeenReferences;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly meter: Meter;
}

/**
 * Records facts of one tenant, each reference number once; one outcome each, in order. Within a call the first one wins. What was seen before
 * is looked up and not written, but who holds a reference number is said by the store alone. Throws `Unavailable`: then some may be recorded, and
 * who asks again is told that they are duplicates.
 */
export class RecordFacts {
  constructor(private readonly needs: RecordFactsNeeds) {}

  async record(tenantId: TenantId, source: Source, items: readonly ToldFact[]): Promise<readonly FactOutcome[]> {
    const firsts = firstOccurrences(items);
    const outcomes = await this.confirmed(tenantId, [...firsts.keys()]);
    const rest = items.filter(
      ({ fact: { referenceNumber } }, i) => firsts.get(referenceNumber) === i && !outcomes.has(referenceNumber),
    );
    for (const [reference, outcome] of await this.recorded(tenantId, source, rest)) outcomes.set(reference, outcome);
    await this.needs.seen.remember(tenantId, [...outcomes].map(heldOf));
    const answers = items.map(({ fact: { referenceNumber } }, i): FactOutcome => {
      const outcome = outcomes.get(referenceNumber) as FactOutcome;
      return firsts.get(referenceNumber) === i ? outcome : { ...outcome, outcome: 'duplicate' };
    });
    this.count(source, answers);
    return answers;
  }

  private async confirmed(tenantId: TenantId, references: readonly string[]): Promise<Map<string, FactOutcome>> {
    const holders = await confirmedHolders(this.needs, tenantId, references);
    return new Map([...holders].map(([reference, paymentId]) => [reference, { outcome: 'duplicate', paymentId }]));
  }

  private async recorded(
    tenantId: TenantId,
    source: Source,
    facts: readonly ToldFact[],
  ): Promise<readonly (readonly [string, FactOutcome])[]> {
    if (facts.length === 0) return [];
    const { payments, clock, newId } = this.needs;
    const now = clock.now();
    const recordings = facts.map((item) => newRecording(tenantId, source, item, now, newId));
    const results = await payments.record(tenantId, recordings);
    return recordings.map(({ payment }, i) => {
      const result = results[i];
      if (result === undefined) throw new Error('rule broken: one outcome for each recording');
      const paymentId = result.outcome === 'created' ? payment.id : result.paymentId;
      return [payment.referenceNumber, { outcome: result.outcome, paymentId }];
    });
  }

  private count(source: Source, outcomes: readonly FactOutcome[]): void {
    const created = outcomes.filter(({ outcome }) => outcome === 'created').length;
    const duplicates = outcomes.length - created;
    if (created > 0) this.needs.meter.count('payments_recorded_total', { source, outcome: 'created' }, created);
    if (duplicates > 0) this.needs.meter.count('payments_recorded_total', { source, outcome: 'duplicate' }, duplicates);
  }
}

/** Where each reference number comes first. */
function firstOccurrences(items: readonly ToldFact[]): Map<string, number> {
  const firsts = new Map<string, number>();
  items.forEach(({ fact: { referenceNumber } }, i) => {
    if (!firsts.has(referenceNumber)) firsts.set(referenceNumber, i);
  });
  return firsts;
}

const heldOf = ([referenceNumber, { paymentId }]: readonly [string, FactOutcome]): HeldReference => ({
  referenceNumber,
  paymentId,
});
