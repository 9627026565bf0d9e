import { sleep } from '@ferry/kernel';

export interface PulseOptions {
  /** Nothing heard for so long while somebody waits: the server is asked whether it lives. */
  readonly silenceMs: number;
  /** An answer to that question that takes longer counts as none. */
  readonly probeMs: number;
  /** Pause between two questions to a server that is silent. */
  readonly againMs: number;
  /** Resolves when the server answered anything at all, also a refusal; rejects when it did not. */
  readonly probe: (timeoutMs: number) => Promise<void>;
  /** Whoever waits for the server is to be told; called once each time it falls silent. */
  readonly onSilent: (quietMs: number) => void;
}

/**
 * Tells a server that is frozen, or behind a network that swallows everything, from one that is merely slow: a slow one
 * answers a question beside the statement that takes long. So statements may have long time-outs of their own, and yet nobody
 * waits longer than `silenceMs` + `probeMs` for a server that is not there. While it is silent nobody is let through.
 */
export class Pulse {
  private readonly closing = new AbortController();
  private waiting = 0;
  private heardAt = 0;
  private listening = false;
  private silent = false;

  constructor(private readonly options: PulseOptions) {}

  get isSilent(): boolean {
    return this.silent;
  }

  /** Something came from the server. */
  heard(): void {
    this.heardAt = performance.now();
  }

  /** Listens for as long as `work` waits for the server. Ending the work of a silent server is for `onSilent` to do. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting === 0) this.heard();
    this.waiting += 1;
    if (!this.listening) void this.listen();
    try {
      return await work();
    } finally {
      this.waiting -= 1;
    }
  }

  close(): void {
    this.closing.abort();
  }

  private async listen(): Promise<void> {
    this.listening = true;
    while ((this.waiting > 0 || this.silent) && !this.closing.signal.aborted) {
      const leftMs = this.options.silenceMs - (performance.now() - this.heardAt);
      if (leftMs > 0) await this.pause(leftMs);
      else await this.ask();
    }
    this.listening = false;
  }

  private async ask(): Promise<void> {
    const { probe, probeMs, againMs, onSilent } = this.options;
    const [askedAt, quietSince] = [performance.now(), this.heardAt];
    const answered = await probe(probeMs).then(
      () => true,
      () => false,
    );
    // A process that was itself stopped finds its timers due before it has read what came meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    if (answered) this.heard();
    if (this.heardAt >= askedAt) {
      this.silent = false;
    } else if (!this.silent) {
      this.silent = true;
      onSilent(performance.now() - quietSince);
    } else {
      await this.pause(againMs);
    }
  }

  private pause(ms: number): Promise<void> {
    return sleep(ms, this.closing.signal);
  }
}
