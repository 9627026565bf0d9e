import type { Clock } from '@ferry/kernel';
import { isOver, type Month } from '../domain/month.js';
import type { PaymentMonths } from '../ports/payment-months.js';
import type { ArchiveMonth, ArchiveOutcome } from './archive-month.js';

export const expiries = ['keep', 'archive', 'drop'] as const;
/** What becomes of a month whose time is over. */
export type Expiry = (typeof expiries)[number];

export interface ExpiryOptions {
  readonly expiry: Expiry;
  readonly retentionMonths: number;
}

export interface Expired {
  readonly month: Month;
  readonly outcome: ArchiveOutcome['outcome'] | 'dropped';
  /** Where it is archived. */
  readonly place?: string | undefined;
}

/** Ends months whose time is over, the oldest first. */
export class ExpireMonths {
  constructor(
    private readonly months: PaymentMonths,
    /** Absent where there is no place for archives. */
    private readonly archiveMonth: Pick<ArchiveMonth, 'run'> | undefined,
    private readonly clock: Clock,
    private readonly options: ExpiryOptions,
  ) {}

  /** Months whose time is over and that are there all the same. */
  async expired(): Promise<readonly Month[]> {
    const now = this.clock.now();
    return (await this.months.list())
      .filter(
        ({ month, keptUntil }) => isOver(month, this.options.retentionMonths, now) && !(keptUntil && keptUntil > now),
      )
      .map(({ month }) => month);
  }

  /** One that fails ends the run: what kept it from being archived keeps the next one too. `signal`: begin no other month. */
  async run(signal?: AbortSignal): Promise<readonly Expired[]> {
    if (this.options.expiry === 'keep') return [];
    const done: Expired[] = [];
    for (const month of await this.expired()) {
      if (signal?.aborted) break;
      done.push(await this.end(month));
    }
    return done;
  }

  private async end(month: Month): Promise<Expired> {
    if (this.options.expiry === 'drop')
      return { month, outcome: await this.months.drop(month, { now: this.clock.now(), ...this.options }) };
    if (!this.archiveMonth) throw new Error('there is no place for archives');
    const result = await this.archiveMonth.run(month);
    return { month, outcome: result.outcome, place: result.outcome === 'archived' ? result.archive.place : undefined };
  }
}
