import { Batcher } from '@ferry/kernel';
import type { RateLimit, RateLimits, Standing } from '@ferry/tenancy';
import type { Counter } from './counters.js';

/** Names that are remembered; for others the counter is asked again, and what was reserved for them is lost. */
const NAMES_MAX = 10_000;
const BATCH = { sizeMax: 500, concurrency: 2, waitingMax: 20_000 };
/** A hundredth of the limit is reserved at a time, so that a window costs a hundred questions of a process at most. */
const RESERVED_SHARE = 100;

interface Window {
  readonly max: number;
  /** Reserved and not spent yet. */
  left: number;
  /** Not reserved by anybody when we last asked. */
  readonly others: number;
  readonly endsAt: number;
  readonly usedUp: boolean;
}

/**
 * Spends what it has reserved, and reserves more when that is gone. Exact over all processes that share a counter, but for what
 * they have reserved and do not spend. A limit that is used up is refused from memory until its window ends.
 */
export class CountedRateLimits implements RateLimits {
  private readonly windows = new Map<string, Window>();
  private readonly asking: Batcher<RateLimit, Standing>;

  constructor(private readonly counter: Counter) {
    this.asking = new Batcher<RateLimit, Standing>((limits) => this.reserveAll(limits), BATCH);
  }

  async take(limit: RateLimit): Promise<Standing> {
    return this.fromMemory(limit) ?? this.asking.add(limit);
  }

  private fromMemory(limit: RateLimit): Standing | undefined {
    const window = this.windows.get(limit.name);
    const resetsInMs = window ? window.endsAt - performance.now() : 0;
    if (!window || window.max !== limit.max || resetsInMs <= 0) return undefined;
    if (window.left > 0) {
      window.left -= 1;
      return { limit, allowed: true, remaining: window.left + window.others, resetsInMs };
    }
    return window.usedUp ? { limit, allowed: false, remaining: 0, resetsInMs } : undefined;
  }

  private async reserveAll(limits: readonly RateLimit[]): Promise<readonly Standing[]> {
    const standings = new Map<string, Standing[]>();
    const groups = [...Map.groupBy(limits, ({ name }) => name).values()];
    await Promise.all(
      groups.map(async (group) => standings.set((group[0] as RateLimit).name, await this.reserve(group))),
    );
    return limits.map(({ name }) => standings.get(name)?.shift() as Standing);
  }

  private async reserve(group: readonly RateLimit[]): Promise<Standing[]> {
    const [{ name, max, windowMs }] = group as readonly [RateLimit, ...RateLimit[]];
    const points = Math.max(group.length, Math.floor(max / RESERVED_SHARE));
    const { consumed, endsInMs } = await this.counter(name, points, windowMs);
    const granted = Math.min(points, Math.max(0, max - (consumed - points)));
    const others = Math.max(0, max - consumed);
    const window = {
      max,
      left: Math.max(0, granted - group.length),
      others,
      endsAt: performance.now() + endsInMs,
      usedUp: consumed >= max,
    };
    this.remember(name, window);
    return group.map((limit, i) => {
      const allowed = i < granted;
      return { limit, allowed, remaining: allowed ? granted - 1 - i + others : 0, resetsInMs: endsInMs };
    });
  }

  private remember(name: string, window: Window): void {
    this.windows.delete(name);
    this.windows.set(name, window);
    if (this.windows.size > NAMES_MAX) this.windows.delete(this.windows.keys().next().value as string);
  }
}
