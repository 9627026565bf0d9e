import { errorFields, type Logger, within } from '@ferry/kernel';

type Close = (timeoutMs: number) => Promise<void> | void;

/** What was opened, closed in reverse order, each within what is left of the time allowed. */
export class Lifecycle {
  private readonly opened: { name: string; close: Close }[] = [];
  private readonly waits: (() => Promise<void>)[] = [];

  /** Something short to wait for right before the process says that it stops. */
  beforeClose(wait: () => Promise<void>): void {
    this.waits.push(wait);
  }

  async untilMayClose(): Promise<void> {
    await Promise.allSettled(this.waits.map((wait) => wait()));
  }

  onClose(name: string, close: Close): void {
    this.opened.push({ name, close });
  }

  /** Never rejects: one thing that does not close must not keep the rest open. */
  async close(timeoutMs: number, logger: Logger): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (const { name, close } of this.opened.splice(0).reverse()) {
      const left = Math.max(100, deadline - performance.now());
      try {
        await within(left, Promise.resolve(close(left)));
        logger.debug('closed', { part: name });
      } catch (error) {
        logger.warn('did not close cleanly', { part: name, ...errorFields(error) });
      }
    }
  }
}
