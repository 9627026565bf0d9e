/** Often enough that a worker's queue is filled again before it is empty: 5,000 payments/s are 125 in this time. */
const ASK_EVERY_MS = 25;

/**
 * About how many messages stand in the work queue, known without asking for each: what the broker said last and what was sent since.
 * Asks while there is traffic, and until the queue is empty: what is known in a quiet moment is that nothing stands.
 */
export class Standing {
  private said: number | undefined;
  /** What the answer to the last question cannot be known to hold. */
  private sent = 0;
  /** Of that, what the broker has not confirmed or refused yet: asked by another way, it may say a number without it. */
  private underWay = 0;
  private timer: NodeJS.Timeout | undefined;
  private attached = false;

  /** `ask`: undefined when the broker does not say. */
  constructor(private readonly ask: () => Promise<number | undefined>) {}

  /** Undefined until the broker has said something. */
  get count(): number | undefined {
    return this.said === undefined ? undefined : this.said + this.sent;
  }

  /** `answered`: what became of them is known. Until then some may be counted twice, and none is forgotten. */
  sending(count: number, answered: Promise<unknown>): void {
    this.sent += count;
    this.underWay += count;
    void answered.finally(() => (this.underWay -= count));
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
    const arrived = Math.max(0, this.sent - this.underWay);
    const said = await this.ask();
    if (said !== undefined && this.attached) {
      this.said = said;
      this.sent = Math.max(0, this.sent - arrived);
    }
    if (this.count !== 0) this.askSoon();
  }
}
