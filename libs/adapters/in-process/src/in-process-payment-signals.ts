import { errorFields, silentLogger, type Logger } from '@ferry/kernel';
import type { PaymentSignal, PaymentSignals } from '@ferry/payments';

type Listener = (ended: readonly PaymentSignal[]) => void;

/** Signals within one process. */
export class InProcessPaymentSignals implements PaymentSignals {
  private readonly listeners = new Map<symbol, Listener>();

  constructor(private readonly logger: Logger = silentLogger) {}

  announce(ended: readonly PaymentSignal[]): void {
    if (ended.length === 0 || this.listeners.size === 0) return;
    setImmediate(() => this.tell(ended)); // the announcer goes on before any reader runs
  }

  listen(listener: Listener): () => void {
    const key = Symbol('listener');
    this.listeners.set(key, listener);
    return () => void this.listeners.delete(key);
  }

  private tell(ended: readonly PaymentSignal[]): void {
    for (const listener of this.listeners.values()) {
      try {
        listener(ended);
      } catch (error) {
        this.logger.error('a listener of payment signals failed', errorFields(error));
      }
    }
  }
}
