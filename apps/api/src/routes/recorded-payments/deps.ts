import type { RecordedPayments, TodayStats } from '@ferry/recording';

/** What the routes that tell of recorded payments ask of the rest of Ferry. */
export interface RecordingDeps {
  readonly payments: Pick<RecordedPayments, 'find' | 'list'>;
  readonly stats: Pick<TodayStats, 'read'>;
}
