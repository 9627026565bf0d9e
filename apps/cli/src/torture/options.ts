import type { FaultName, Mode } from './faults/catalogue.js';

export interface TortureOptions {
  readonly seed: number;
  /** How long faults strike and clients pay. Start, settling and checks come on top: some 40 s. */
  readonly minutes: number;
  readonly payments: number;
  /** Payments that happened elsewhere, of which webhooks and an ETL tell. */
  readonly recorded: number;
  /** Absent: all that there are in this mode. */
  readonly faults?: readonly FaultName[] | undefined;
  readonly mode: Mode;
}

/** The counts of the catalogue are for so long; another `--minutes` has more or fewer in proportion. */
export const BASE_MINUTES = 1.5;
/** Payments in that time: the cluster's are those of issue "the proof"; one process alone has less of a machine. */
const BASE_PAYMENTS: Readonly<Record<Mode, number>> = { cluster: 20_000, embedded: 10_000 };

/** One is less work than a payment, and is told of more than once. */
const RECORDED_SHARE = 0.5;

/** All that is said and found is held in memory, some 3 kB a payment. A longer run orders more slowly unless `--payments` says more. */
const DEFAULT_PAYMENTS_MAX = 200_000;

export const defaultPayments = (mode: Mode, minutes: number): number =>
  Math.min(DEFAULT_PAYMENTS_MAX, Math.max(1, Math.round((BASE_PAYMENTS[mode] * minutes) / BASE_MINUTES)));

export const defaultRecorded = (payments: number): number => Math.max(1, Math.round(payments * RECORDED_SHARE));

/** The command that does the same again. */
export function sameAgain({ seed, minutes, payments, recorded, faults, mode }: TortureOptions): string {
  const chosen = faults === undefined ? '' : ` --faults ${faults.join(',')}`;
  const embedded = mode === 'embedded' ? ' --embedded' : '';
  return `ferry torture --seed ${seed} --minutes ${minutes} --payments ${payments} --recorded ${recorded}${chosen}${embedded}`;
}

/** Nothing was proved, because it could not be tried: no service, no checkout, a process that does not start. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}
