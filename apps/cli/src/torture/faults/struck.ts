import type { Strike } from '../plan.js';
import type { Slot } from '../stage/slot.js';
import type { Stage } from '../stage/stage.js';
import type { Recovery } from './recovery.js';

/** What was done to whom, and how the others took it. */
export interface Struck {
  readonly what: string;
  readonly recoveries?: readonly Recovery[];
}

/** Carries a strike out. `victim` is alive, and of interest where the fault is one of processes. */
export type Act = (stage: Stage, strike: Strike, victim: Slot) => Promise<Struck>;

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
