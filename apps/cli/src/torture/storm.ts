import { errorFields, sleep } from '@ferry/kernel';
import { strikes } from './faults/strikes.js';
import type { Struck } from './faults/struck.js';
import { victimOf } from './faults/victim.js';
import type { Plan, Strike } from './plan.js';
import type { Stage } from './stage/stage.js';

/** A strike as it came about. */
export interface Blow extends Struck {
  readonly strike: Strike;
  /** Since the storm began. */
  readonly atMs: number;
  /** Why it could not be carried out. */
  readonly failed?: string;
}

/** Carries the plan out, lanes beside each other. A strike that fails does not end the storm; it is counted against the run. */
export async function storm(plan: Plan, stage: Stage, told: (blow: Blow) => void): Promise<readonly Blow[]> {
  const started = performance.now();
  const lanes = await Promise.all(
    [...plan.lanes.values()].map(async (lane) => {
      const blows: Blow[] = [];
      for (const strike of lane) {
        await sleep(Math.max(0, started + strike.atMs - performance.now()));
        const blow = await carriedOut(strike, stage, started);
        told(blow);
        blows.push(blow);
      }
      return blows;
    }),
  );
  return lanes.flat().sort((one, other) => one.atMs - other.atMs);
}

async function carriedOut(strike: Strike, stage: Stage, started: number): Promise<Blow> {
  const victim = await victimOf(stage, strike);
  const atMs = performance.now() - started;
  try {
    const struck = await strikes[strike.fault](stage, strike, victim);
    return { strike, atMs, ...struck };
  } catch (error) {
    const failed = String(errorFields(error).error);
    return { strike, atMs, what: `could not be carried out: ${failed}`, failed };
  }
}
