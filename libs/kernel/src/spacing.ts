import { stopwatch } from './stopwatch.js';

/**
 * Keeps the starts of something repeated at least `ms` apart, so that what comes meanwhile shares the next one; after a longer pause the next
 * may start at once. Many small batches cost several times the CPU of few larger ones (docs/performance.md).
 */
export class Spacing {
  private readonly elapsedMs = stopwatch();
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly ms: number) {}

  /** Until the next may start; 0 or less: now. */
  get waitMs(): number {
    return this.lastMs + this.ms - this.elapsedMs();
  }

  started(): void {
    this.lastMs = this.elapsedMs();
  }
}
