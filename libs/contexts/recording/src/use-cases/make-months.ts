import type { Clock } from '@ferry/kernel';
import { monthOf, monthsBetween, plusMonths, startOfMonth, type Month } from '../domain/month.js';
import type { PaymentMonths } from '../ports/payment-months.js';

/** Months made for late payments in one run; there is another one soon. */
const STRAY_MONTHS_MAX = 24;
/** A payment that came after its time stays at least so many months, so that whoever reads payments now and then sees it. */
const LATE_KEPT_MONTHS = 1;

export interface MonthsOptions {
  readonly monthsAhead: number;
  readonly retentionMonths: number;
}

/** Has a month ready for every payment that may come, and makes those of payments that came without. */
export class MakeMonths {
  constructor(
    private readonly months: PaymentMonths,
    private readonly clock: Clock,
    private readonly options: MonthsOptions,
  ) {}

  /** Each month on its own: one that cannot be made now keeps no other from being made, and is told of at the end. */
  async run(): Promise<readonly Month[]> {
    const made: Month[] = [];
    const failures: unknown[] = [];
    const make = async (month: Month, keptUntil?: Date): Promise<void> => {
      try {
        if (await this.months.make(month, keptUntil)) made.push(month);
      } catch (error) {
        failures.push(error);
      }
    };
    const now = monthOf(this.clock.now());
    for (const month of await this.missing(now)) await make(month);
    const keptUntil = startOfMonth(plusMonths(now, 1 + LATE_KEPT_MONTHS));
    for (const month of await this.months.strayMonths(STRAY_MONTHS_MAX)) await make(month, keptUntil);
    if (failures.length > 0) throw failures[0];
    return made;
  }

  /** This month and those ahead come first. */
  private async missing(now: Month): Promise<readonly Month[]> {
    const { monthsAhead, retentionMonths } = this.options;
    const there = new Set((await this.months.list()).map(({ month }) => month));
    const ahead = monthsBetween(now, plusMonths(now, monthsAhead));
    const behind = monthsBetween(plusMonths(now, -retentionMonths), plusMonths(now, -1)).toReversed();
    return [...ahead, ...behind].filter((month) => !there.has(month));
  }
}
