import type { Meter } from '@ferry/kernel';

/** What became of the rows of a batch. */
export interface StagedRows {
  readonly processed: number;
  readonly duplicate: number;
  readonly error: number;
}

/** Staging as operators see it. */
export class StagingMeter {
  constructor(private readonly meter: Meter) {}

  batch(rows: number, ms: number): void {
    this.meter.observe('staging_batch_seconds', ms / 1_000);
    this.meter.observe('batch_size', rows, { name: 'staging' });
  }

  /** Rows, and the payments that they tell of: those are counted as webhooks count theirs, so that both have one rate of duplicates. */
  recorded(rows: StagedRows): void {
    for (const [outcome, count] of Object.entries(rows)) this.rows(outcome, count);
    this.payments('created', rows.processed);
    this.payments('duplicate', rows.duplicate);
  }

  /** Rows that somebody else took. */
  left(count: number): void {
    this.rows('left', count);
  }

  private rows(outcome: string, count: number): void {
    if (count > 0) this.meter.count('staging_rows_total', { outcome }, count);
  }

  private payments(outcome: string, count: number): void {
    if (count > 0) this.meter.count('payments_recorded_total', { source: 'staging', outcome }, count);
  }
}
