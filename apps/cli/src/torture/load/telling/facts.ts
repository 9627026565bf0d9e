import { seededRandom, weighted, type Random } from '../../random.js';

/** By which way a payment that happened elsewhere is told of; shares in per cent. `both`: at about the same moment. */
const ways = { webhook: 60, both: 15, staging: 25 } as const;

/** How a webhook is sent; shares in per cent. Each is sent until it has an answer. */
const manners = {
  once: 62,
  /** Sent again a little later. */
  again: 16,
  /** Fired two to four times at the same moment, at different apis. */
  twins: 14,
  /** In a body of several payments, some of them told before, one of them twice. */
  list: 8,
} as const;

/** Of rows that nobody else tells of; shares in per cent. A `mended` one is bad until the ETL mends it. */
const rows = { sound: 90, bad: 5, mended: 5 } as const;

export const channelNames = ['bank', 'momo', 'page'] as const;
export const LIST_CHANNEL = 'batch';

/** A payment that happened elsewhere, and how Ferry is told of it. */
export interface Fact {
  readonly index: number;
  readonly reference: string;
  readonly loanAccountNumber: string;
  readonly cif: string;
  readonly amountMinor: number;
  readonly paidAt: Date;
  readonly way: keyof typeof ways;
  readonly manner: keyof typeof manners;
  readonly channel: (typeof channelNames)[number] | typeof LIST_CHANNEL;
  /** Of `twins`. */
  readonly twins: number;
  readonly row: keyof typeof rows;
}

const SECOND_MS = 1_000;
const DAYS_BACK = 20;
const DAY_SECONDS = 86_400;

/** The same for the same seed and day. */
export function factOf(seed: number, index: number, day: Date): Fact {
  const random = seededRandom(seed, 'fact', index);
  const way = weighted(random, ways);
  const manner = weighted(random, manners);
  const channel = manner === 'list' ? LIST_CHANNEL : (channelNames[whole(random, channelNames.length)] ?? 'bank');
  return {
    index,
    reference: `told-${seed}-${index}`,
    loanAccountNumber: `LN-${whole(random, 5_000)}`,
    cif: `CIF-${whole(random, 2_000)}`,
    amountMinor: 1 + whole(random, 10_000_000),
    // Whole seconds: not every format of the channels has more.
    paidAt: new Date(day.getTime() - whole(random, DAYS_BACK * DAY_SECONDS) * SECOND_MS),
    way,
    manner,
    channel,
    twins: 2 + whole(random, 3),
    row: way === 'staging' ? weighted(random, rows) : 'sound',
  };
}

const whole = (random: Random, below: number): number => Math.floor(random() * below);

const LIST_LOOKS_BACK = 3;

/** What the body tells of in which a fact comes: the last few that webhooks told of, and itself twice. */
export function listWith(fact: Fact, of: (index: number) => Fact): readonly Fact[] {
  const before = Array.from({ length: Math.min(LIST_LOOKS_BACK, fact.index) }, (_, i) => of(fact.index - 1 - i));
  return [fact, ...before.filter(({ way }) => way !== 'staging'), fact];
}
