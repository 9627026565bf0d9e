import { sleep, stopwatch } from '@ferry/kernel';
import type { Owner } from '../domain/owner.js';
import type { Payment, PaymentId, TenantId } from '../domain/payment.js';
import type { PaymentSignals } from '../ports/payment-signals.js';

export interface WatchOptions {
  /** How often waiting payments are read again when no signal comes. One read serves all that wait. */
  readonly pollMs: number;
  /** Readers waiting at most; one more gets today's state at once instead of waiting. */
  readonly waitersMax: number;
}

type Read = (owner: Owner, paymentId: PaymentId) => Promise<Payment | undefined>;

/** Long-polling: waits until a payment has ended, woken by signals and, since those may be lost, by reading again. */
export class WatchPayments {
  private readonly waiting = new Map<string, Set<() => void>>();
  private waiters = 0;
  private readonly stopListening: () => void;

  constructor(
    /** Reads one payment; concurrent reads are expected to be batched by whoever gives this function. */
    private readonly read: Read,
    signals: PaymentSignals,
    private readonly options: WatchOptions,
  ) {
    this.stopListening = signals.listen((ended) => {
      for (const { tenantId, paymentId } of ended)
        for (const wake of this.waiting.get(keyOf(tenantId, paymentId)) ?? []) wake();
    });
  }

  /** The payment as soon as it has ended, or as it is after `waitMs` or when `signal` aborts; `undefined` if there is none. */
  async untilEnded(
    owner: Owner,
    paymentId: PaymentId,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Payment | undefined> {
    const waitedMs = stopwatch();
    if (this.waiters >= this.options.waitersMax) return this.read(owner, paymentId);
    this.waiters += 1;
    try {
      for (;;) {
        const woken = this.nextWake(keyOf(owner.tenantId, paymentId), signal);
        try {
          const payment = await this.read(owner, paymentId);
          const left = waitMs - waitedMs();
          if (payment === undefined || payment.isTerminal || left <= 0 || signal.aborted) return payment;
          await woken.within(Math.ceil(Math.min(left, this.options.pollMs)));
        } finally {
          woken.cancel();
        }
      }
    } finally {
      this.waiters -= 1;
    }
  }

  close(): void {
    this.stopListening();
  }

  /** Registered before the read, so that a signal between the read and the wait is not missed. */
  private nextWake(key: string, signal: AbortSignal): { within(ms: number): Promise<void>; cancel(): void } {
    const abort = new AbortController();
    const wake = (): void => abort.abort();
    const set = this.waiting.get(key) ?? new Set();
    this.waiting.set(key, set.add(wake));
    signal.addEventListener('abort', wake, { once: true });
    const cancel = (): void => {
      set.delete(wake);
      if (set.size === 0 && this.waiting.get(key) === set) this.waiting.delete(key);
      signal.removeEventListener('abort', wake);
    };
    return { within: (ms) => sleep(ms, abort.signal), cancel };
  }
}

const keyOf = (tenantId: TenantId, paymentId: PaymentId): string => `${paymentId} ${tenantId}`;
