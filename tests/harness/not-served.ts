import { sleep, Stalls } from '@ferry/kernel';

const PAUSE_MS = 10;
/** An answer that needs nothing but its process's turn comes within this. */
const USUAL_MS = 30;

/**
 * When another process, or this one, did not get its turn: asked for something that waits for nothing behind it, it answered late.
 * What was measured of it then is a figure of the machine; `between` says how much to take off.
 */
export class NotServed {
  private readonly late: { readonly from: number; readonly to: number }[] = [];
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private readonly own = Stalls.watch();

  private constructor(private readonly ask: () => Promise<unknown>) {
    this.running = this.run();
  }

  /** The api's `/health/live` looks at nothing. */
  static watch(apiUrl: string): NotServed {
    return new NotServed(() => fetch(`${apiUrl}/health/live`).then((answer) => answer.text()));
  }

  /** For how much of this span, on the clock of `performance.now()`, the other process or this one stood still. */
  between(from: number, to: number): number {
    const late = this.late.map((one) => Math.max(0, Math.min(to, one.to) - Math.max(from, one.from)));
    return Math.max(
      this.own.between(from, to),
      late.reduce((sum, ms) => sum + ms, 0),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.own.stop();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const asked = performance.now();
      await this.ask().catch(() => undefined);
      const answered = performance.now();
      if (answered - asked > USUAL_MS) this.late.push({ from: asked, to: answered });
      await sleep(PAUSE_MS, this.stopping.signal);
    }
  }
}
