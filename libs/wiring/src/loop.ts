import { backoffMs, errorFields, sleep, Unavailable, type Backoff, type Logger } from '@ferry/kernel';

export interface LoopOptions {
  readonly name: string;
  /** Pause after a round that found nothing more to do. */
  readonly intervalMs: number;
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
    let failures = 0;
    while (!this.abort.signal.aborted) {
      let pauseMs: number;
      try {
        const { more } = await this.round();
        failures = 0;
        pauseMs = more ? BREATH_MS : this.options.intervalMs;
      } catch (error) {
        failures += 1;
        pauseMs = backoffMs(RETRY, failures, Math.random());
        this.report(error);
      }
      if (this.abort.signal.aborted) return;
      this.nap = new AbortController();
      await sleep(pauseMs, this.nap.signal);
    }
  }

  /** That a service is away was said by its adapter; anything else is news. */
  private report(error: unknown): void {
    const level = error instanceof Unavailable ? 'debug' : 'error';
    this.options.logger[level](`${this.options.name} failed, goes on`, errorFields(error));
  }
}
