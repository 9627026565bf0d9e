import { sleep } from '@ferry/kernel';
import type { UrlService } from '../../scripts/services/services.mjs';
import { quantile, took, type Attempt } from './load.js';
import type { NotServed } from './not-served.js';
import { freeze, thaw } from './proc.js';

/** For the last answers of a phase, and for what comes back. */
const CALM_MS = 1_000;

export interface Phases {
  readonly rounds: number;
  readonly phaseMs: number;
}

/** At most so long do they all take. */
export const phasesMs = ({ rounds, phaseMs }: Phases): number => rounds * 3 * (phaseMs + 2 * CALM_MS);

/** Redis there, killed and frozen in turn, under a load whose p99 is taken of each phase; times in which nobody was served for other reasons are left out. */
export class RedisPhases {
  private readonly p99 = new Map<string, number[]>();

  constructor(
    private readonly redis: UrlService,
    private readonly load: { between(from: number, to: number): readonly Attempt[] },
    private readonly notServed: NotServed,
    private readonly phases: Phases,
  ) {}

  get names(): readonly string[] {
    return [...this.p99.keys()];
  }

  /** `during`: what else is done in each phase, told its name. */
  async run(during: (name: string) => void | Promise<void>): Promise<void> {
    for (let round = 0; round < this.phases.rounds; round += 1) {
      await this.phase('there', during);
      await this.redis.kill();
      await this.phase('killed', during);
      await this.redis.restart();
      await sleep(CALM_MS);
      freeze(this.redis.pid);
      await this.phase('frozen', during);
      thaw(this.redis.pid);
      await sleep(CALM_MS);
    }
  }

  /** The p99 of the quietest round: other tests share the machine, and would be measured else. */
  quietest(name: string): number {
    return Math.min(...(this.p99.get(name) ?? [Number.NaN]));
  }

  private async phase(name: string, during: (name: string) => void | Promise<void>): Promise<void> {
    const from = performance.now();
    await during(name);
    await sleep(Math.max(0, from + this.phases.phaseMs - performance.now()));
    const to = performance.now();
    await sleep(CALM_MS);
    const steadily = (one: Attempt): number => took(one) - this.notServed.between(one.sentAt, one.endedAt);
    const p99 = quantile(this.load.between(from, to).map(steadily), 0.99);
    this.p99.set(name, [...(this.p99.get(name) ?? []), p99]);
  }
}
