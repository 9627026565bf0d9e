import { newId, silentLogger, silentMeter, type LogFields, type Logger } from '@ferry/kernel';
import { wholeTenant } from '../src/domain/owner.js';
import type { Payment, PaymentId, PaymentState, TenantId } from '../src/domain/payment.js';
import type { Outcome, PaymentMessage, PaymentQueue } from '../src/ports/payment-queue.js';
import type { PaymentSignal, PaymentSignals } from '../src/ports/payment-signals.js';
import type { Rail } from '../src/ports/rail.js';
import type { ProcessOptions } from '../src/use-cases/process/process-needs.js';
import { ProcessPayments } from '../src/use-cases/process/process-payments.js';
import { anAddition, type Given } from '../testing/builders.js';
import { InMemoryPaymentRepository } from '../testing/in-memory-payment-repository.js';
import { ManualClock } from '../testing/manual-clock.js';
import { allOutcomes } from '../testing/queue-under-test.js';

/** Keeps what is published, or refuses it. */
export class RecordingQueue implements PaymentQueue {
  readonly published: PaymentMessage[] = [];
  takes: (message: PaymentMessage) => boolean = () => true;
  waiting: number | undefined = 0;

  publish(messages: readonly PaymentMessage[]): Promise<readonly boolean[]> {
    const taken = messages.map((message) => this.takes(message));
    this.published.push(...messages.filter((_, i) => taken[i]));
    return Promise.resolve(taken);
  }

  consume(): Promise<never> {
    return Promise.reject(new Error('nobody consumes here'));
  }

  depth(): Promise<number | undefined> {
    return Promise.resolve(this.waiting);
  }

  ahead(): number | undefined {
    return this.waiting;
  }
}

export class RecordingSignals implements PaymentSignals {
  readonly announced: PaymentId[] = [];
  private readonly listeners = new Set<(ended: readonly PaymentSignal[]) => void>();

  announce(ended: readonly PaymentSignal[]): void {
    this.announced.push(...ended.map(({ paymentId }) => paymentId));
    for (const listener of this.listeners) listener(ended);
  }

  listen(listener: (ended: readonly PaymentSignal[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get listening(): number {
    return this.listeners.size;
  }
}

export class RecordingLogger implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[] = [];
  debug = this.at('debug');
  info = this.at('info');
  warn = this.at('warn');
  error = this.at('error');

  private at(level: string): (message: string, fields?: LogFields) => void {
    return (message, fields) => void this.lines.push({ level, message, fields });
  }
}

/** Real time, in which rails answer at once; a test whose rail does not says how long it waits. */
export const processOptions: ProcessOptions = {
  railTimeoutMs: 60_000,
  railCallsMax: 20_000,
  leaseMs: 30_000,
  retry: { baseMs: 1_000, maxMs: 60_000 },
  attemptsMax: 4,
  unknownAttentionAfter: 3,
};

/** Luck is always in the middle: attempts wait 750, 1500, 3000 ... ms. */
export const delayOf = (attempt: number): number => 1_000 * 2 ** (attempt - 1) * 0.75;

/** A store, rails, time and a worker: what processing needs, all in memory. */
export class World {
  readonly repository: InMemoryPaymentRepository;
  readonly clock = new ManualClock();
  readonly queue = new RecordingQueue();
  readonly signals = new RecordingSignals();
  readonly tenantId: TenantId = 'acme';

  constructor(
    readonly rails: readonly Rail[] = [],
    readonly options: ProcessOptions = processOptions,
    graceMs = 0,
  ) {
    this.repository = new InMemoryPaymentRepository({ graceMs });
  }

  /** Another worker over the same store; by default with all rails. */
  worker(rails: readonly Rail[] = this.rails, logger: Logger = silentLogger): ProcessPayments {
    return new ProcessPayments(
      {
        repository: this.repository,
        rails: new Map(rails.map((rail) => [rail.name, rail])),
        signals: this.signals,
        clock: this.clock,
        newId,
        random: () => 0.5,
        logger,
        meter: silentMeter,
      },
      this.options,
    );
  }

  /** Stores new payments of the first rail, created now. */
  async add(...givens: Given[]): Promise<PaymentId[]> {
    const defaults = { tenantId: this.tenantId, rail: this.rails[0]?.name ?? 'none', now: this.clock.now() };
    const additions = givens.map((given) => anAddition({ ...defaults, ...given }));
    for (const [tenantId, own] of Map.groupBy(additions, ({ change }) => change.payment.state.tenantId))
      await this.repository.add(tenantId, own);
    return additions.map(({ change }) => change.payment.id);
  }

  message(paymentId: PaymentId, given: Partial<PaymentMessage> = {}): PaymentMessage {
    return { tenantId: this.tenantId, paymentId, attempt: 0, ...given };
  }

  /** All outcomes, when the last one is there. */
  async handle(...ids: PaymentId[]): Promise<readonly Outcome[]> {
    return this.handleBy(
      this.worker(),
      ids.map((id) => this.message(id)),
    );
  }

  async handleBy(worker: ProcessPayments, messages: readonly PaymentMessage[]): Promise<readonly Outcome[]> {
    return allOutcomes(await worker.handle(messages));
  }

  async payment(id: PaymentId, tenantId = this.tenantId): Promise<Payment> {
    const [payment] = await this.repository.find(wholeTenant(tenantId), [id]);
    if (!payment) throw new Error(`no payment ${id}`);
    return payment;
  }

  async state(id: PaymentId, tenantId = this.tenantId): Promise<PaymentState> {
    return (await this.payment(id, tenantId)).state;
  }

  told(id: PaymentId): string[] {
    return this.repository.events.filter(({ payment }) => payment.id === id).map(({ type }) => type);
  }

  /** What the sweeper would announce now. */
  async swept(): Promise<PaymentId[]> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + 1);
    const tenants = await this.repository.tenants(1_000, now);
    const claims = tenants.map((tenantId) => this.repository.claim(tenantId, 1_000, now, until));
    return (await Promise.all(claims)).flat().map(({ paymentId }) => paymentId);
  }
}
