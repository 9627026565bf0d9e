/** Often enough that a worker's queue is filled again before it is empty: 5,000 payments/s are 125 in this time. */
const ASK_EVERY_MS = 25;

/**
 * About how many messages stand in the work queue, known without asking for each: what the broker said last and what was sent since.
 * Asks while there is traffic, and until the queue is empty: what is known in a quiet moment is that nothing stands.
 */
export class Standing {
  private said: number | undefined;
  /** Since the question that was answered last. */
  private sent = 0;
  private timer: NodeJS.Timeout | undefined;
  private attached = false;

  /** `ask`: undefined when the broker does not say. */
  constructor(private readonly ask: () => Promise<number | undefined>) {}

  /** Undefined until the broker has said something. */
  get count(): number | undefined {
    return this.said === undefined ? undefined : this.said + this.sent;
  }

  sending(count: number): void {
    this.sent += count;
    this.askSoon();
  }

  /** To be called when the broker can be asked, for the first time or again. */
  attach(): void {
    this.attached = true;
    void this.askNow();
  }

  /** The broker is away: nothing is known. */
  detach(): void {
    this.attached = false;
    this.said = undefined;
    this.sent = 0;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private askSoon(): void {
    if (!this.attached) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.askNow();
    }, ASK_EVERY_MS).unref();
  }

  private async askNow(): Promise<void> {
    const sentBefore = this.sent;
    const said = await this.ask();
    if (said !== undefined && this.attached) {
      this.said = said;
      this.sent = Math.max(0, this.sent - sentBefore);
    }
    if (this.count !== 0) this.askSoon();
  }
}
