/** How often this process should have its turn while somebody watches. */
const BEAT_MS = 10;
/** Timers are late by some ms on any machine. */
const NOTICED_MS = 25;

interface Stall {
  readonly from: number;
  readonly to: number;
}

/**
 * When this process stood still, because the machine was paused or gave its processors to others. Who measures how long another one
 * takes subtracts this: else the figure is about the one that measures. Times are those of `performance.now()`.
 */
export class Stalls {
  private readonly past: Stall[] = [];
  private lastBeat = performance.now();
  private readonly timer: NodeJS.Timeout;

  private constructor() {
    this.timer = setInterval(() => this.beat(), BEAT_MS).unref();
  }

  static watch(): Stalls {
    return new Stalls();
  }

  /** For how long of this span it stood still. */
  between(from: number, to: number): number {
    this.beat(); // what was awaited may have come before the beat that is overdue
    return this.past.reduce((sum, stall) => sum + Math.max(0, Math.min(to, stall.to) - Math.max(from, stall.from)), 0);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    const now = performance.now();
    const due = this.lastBeat + BEAT_MS;
    if (now - due > NOTICED_MS) this.past.push({ from: due, to: now });
    this.lastBeat = now;
  }
}

/** What `work` answers, and how long it took while this process did not stand still. */
export async function timedSteadily<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly ms: number }> {
  const stalls = Stalls.watch();
  const started = performance.now();
  try {
    const answer = await work();
    const ended = performance.now();
    return { answer, ms: ended - started - stalls.between(started, ended) };
  } finally {
    stalls.stop();
  }
}
