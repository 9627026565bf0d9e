import type { Fact } from './facts.js';

export interface Receipt {
  readonly reference: string;
  readonly said: 'created' | 'duplicate';
  readonly paymentId: string;
}

/** What was told to Ferry, and what Ferry said to it. It decides what must be true afterwards; the database has no say in it. */
export class Told {
  /** By reference; noted before the first attempt. */
  readonly facts = new Map<string, Fact>();
  readonly receipts: Receipt[] = [];
  /** Of rows that the database has said are there. */
  readonly inserted = new Set<string>();
  /** Of bad rows that the database has said are mended. */
  readonly mended = new Set<string>();

  telling(facts: readonly Fact[]): void {
    for (const fact of facts) this.facts.set(fact.reference, fact);
  }
}
