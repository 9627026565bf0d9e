import type { Caller } from './caller.js';
import type { Operation } from './operations.js';
import { filled } from './paths.js';
import type { TenantView } from './tenant.js';
import { alike } from './values.js';

/** How long answers take: a figure and no verdict, because networks and machines tell more than Ferry does. */
export interface Timing {
  readonly operation: string;
  /** Medians, of ids of the victim and of ids of nobody. */
  readonly theirsMs: number;
  readonly nobodysMs: number;
  /** How often the victim's answer took longer than nobody's, of all pairs. 0.5: nothing to be learnt. */
  readonly longer: number;
}

const PAIRS = 100;

/** Reads by id, the victim's and nobody's in turn, so that both see the same weather. */
export async function timingsOf(
  operations: readonly Operation[],
  victim: TenantView,
  caller: Caller,
): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const { name, method, path, parameters } of operations) {
    const real = victim.fill({ path, parameters });
    const [parameter] = parameters;
    const id = parameter && real[parameter];
    if (method !== 'GET' || !id) continue;
    const timed = async (one: string): Promise<number> => {
      const started = performance.now();
      await caller.call({ method, path: filled(path, { ...real, [parameter]: one }) });
      return performance.now() - started;
    };
    const theirs: number[] = [];
    const nobodys: number[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const first = pair % 2 === 0;
      if (first) theirs.push(await timed(id));
      nobodys.push(await timed(alike(id)));
      if (!first) theirs.push(await timed(id));
    }
    timings.push({
      operation: name,
      theirsMs: median(theirs),
      nobodysMs: median(nobodys),
      longer: shareLonger(theirs, nobodys),
    });
  }
  return timings;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

/** Of all pairs (Mann and Whitney's U, as a share). */
const shareLonger = (one: readonly number[], other: readonly number[]): number => {
  const longer = one.reduce((sum, a) => sum + other.filter((b) => a > b).length, 0);
  return longer / (one.length * other.length);
};
