import { backoffMs, errorFields, sleep, Spacing, Unavailable, type Backoff, type Logger } from '@ferry/kernel';

export interface LoopOptions {
  readonly name: string;
  /** Pause after a round that found nothing more to do. */
  readonly intervalMs: number;
  /** Rounds start at least so far apart, also when poked, unless there is more to do. Default 0. */
  readonly spacingMs?: number;
  readonly logger: Logger;
}

/** After a failed round; a service that is away is asked again soon, but not in a storm. */
const RETRY: Backoff = { baseMs: 200, maxMs: 5_000 };
/** A round that always has more yields to the rest of the process this often. */
const BREATH_MS = 1;

/** Runs a bounded job again and again: at once while there is more, after a pause when there is not, with back-off when it fails. */
export class Loop {
  private readonly abort = new AbortController();
  private nap = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly round: () => Promise<{ readonly more: boolean }>,
    private readonly options: LoopOptions,
  ) {
    this.running = this.run();
  }

  /** There is something to do now: ends the pause. */
  poke(): void {
    this.nap.abort();
  }

  /** Resolves when the round that runs has ended. */
  async stop(): Promise<void> {
    this.abort.abort();
    this.nap.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const spacing = new Spacing(this.options.spacingMs ?? 0);
    let failures = 0;
    while (!this.abort.signal.aborted) {
      // Before the round: what is poked for while it runs may have come too late for it.
      this.nap = new AbortController();
      spacing.started();
      try {
        const { more } = await this.round();
        failures = 0;
        await sleep(more ? BREATH_MS : this.options.intervalMs, this.nap.signal);
        if (!more) await sleep(Math.max(0, spacing.waitMs), this.abort.signal);
      } catch (error) {
        failures += 1;
        this.report(error);
        // Not ended by a poke: what failed is given time to mend.
        await sleep(backoffMs(RETRY, failures, Math.random()), this.abort.signal);
      }
    }
  }

  /** That a service is away was said by its adapter; anything else is news. */
  private report(error: unknown): void {
    const level = error instanceof Unavailable ? 'debug' : 'error';
    this.options.logger[level](`${this.options.name} failed, goes on`, errorFields(error));
  }
}
