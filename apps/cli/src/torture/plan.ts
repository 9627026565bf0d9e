import { faultOf, faultsOf, type FaultName, type Mode, type ServiceName } from './faults/catalogue.js';
import { BASE_MINUTES, type TortureOptions } from './options.js';
import { seededRandom, shuffled, wholeBetween, type Random } from './random.js';

export interface Strike {
  readonly fault: FaultName;
  /** Since the storm began; a lane that is late strikes as soon as it can. */
  readonly atMs: number;
  /** A number from which the victim is chosen: modulo the processes that the fault may strike. */
  readonly victim: number;
  readonly forMs: number;
}

export interface Plan {
  /** Strikes of each lane, in order. */
  readonly lanes: ReadonlyMap<string, readonly Strike[]>;
  /** Faults that were asked for and cannot be tried here, because their service is not on this machine. */
  readonly leftOut: readonly FaultName[];
}

/** Before the first strike: processes have taken up their work, and RabbitMQ has written down which queues it has. */
const CALM_MS = 3_000;
/** Strikes of a lane keep away from the end of their share of the time, so that two of them seldom meet. */
const SHARE_USED = 0.8;

/** What is done to whom and when: the same for the same options and services, whatever happens during the run. */
export function planStrikes(options: TortureOptions, here: ReadonlySet<ServiceName>): Plan {
  const { seed, minutes, mode } = options;
  const asked = options.faults ?? faultsOf(mode);
  const isHere = (name: FaultName): boolean => {
    const { needs } = faultOf(name);
    return needs === undefined || here.has(needs);
  };
  const lanes = new Map<string, readonly Strike[]>();
  for (const [lane, names] of Map.groupBy(asked.filter(isHere), (name) => laneOf(name, mode)))
    lanes.set(lane, strikesOfLane(names, { mode, minutes }, seededRandom(seed, 'strikes', lane)));
  return { lanes, leftOut: asked.filter((name) => !isHere(name)) };
}

/** One process is one victim: two faults at once would be one fault. */
const laneOf = (name: FaultName, mode: Mode): string => (mode === 'embedded' ? 'ferry' : faultOf(name).lane);

function strikesOfLane(
  names: readonly FaultName[],
  { mode, minutes }: Pick<TortureOptions, 'mode' | 'minutes'>,
  random: Random,
): readonly Strike[] {
  const count = (name: FaultName): number =>
    Math.max(1, Math.round(((faultOf(name).strikes[mode] ?? 0) * minutes) / BASE_MINUTES));
  const order = shuffled(
    random,
    names.flatMap((name) => Array.from({ length: count(name) }, () => name)),
  );
  const shareMs = Math.max(0, minutes * 60_000 - CALM_MS) / order.length;
  return order.map((fault, i) => {
    const [min, max] = faultOf(fault).lastsMs ?? [0, 0];
    return {
      fault,
      atMs: Math.round(CALM_MS + (i + random() * SHARE_USED) * shareMs),
      victim: wholeBetween(random, 0, 999),
      forMs: wholeBetween(random, min, max),
    };
  });
}
