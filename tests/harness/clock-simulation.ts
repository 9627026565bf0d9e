import { newId, silentLogger, silentMeter, type Clock, type Logger } from '@ferry/kernel';
import {
  CreatePayments,
  ProcessPayments,
  type PaymentId,
  type PaymentState,
  type RailAnswer,
  wholeTenant,
} from '@ferry/payments';
import {
  allOutcomes,
  anInstruction,
  DecidedRules,
  InMemoryPaymentRepository,
  ManualClock,
  ScriptedRail,
} from '@ferry/payments/testing';

export const HOUR_MS = 3_600_000;
export const GRACE_MS = 10_000;
const LEASE_MS = 30_000;
const IDEMPOTENCY_DAYS = 31;
/** Rounds in which all must have ended, a lease's time each: far beyond the hours by which clocks are wrong. */
const SETTLE_ROUNDS_MAX = 2_000;

export function aWorker(
  repository: InMemoryPaymentRepository,
  rail: ScriptedRail,
  clock: Clock,
  random: () => number,
  logger: Logger = silentLogger,
): ProcessPayments {
  const rails = new Map([[rail.name, rail]]);
  const signals = { announce: () => {}, listen: () => () => {} };
  return new ProcessPayments(
    { repository, rails, signals, clock, newId, random, logger, meter: silentMeter },
    {
      railTimeoutMs: 60_000, // of real time, which the simulation does not wait for
      railCallsMax: 100,
      leaseMs: LEASE_MS,
      retry: { baseMs: 1_000, maxMs: 600_000 },
      attemptsMax: 5,
      unknownAttentionAfter: 5,
    },
  );
}

/** Announces nothing: the simulation does. */
export function aCreator(repository: InMemoryPaymentRepository, clock: Clock): CreatePayments {
  const consume = (): Promise<never> => Promise.reject(new Error('nobody consumes here'));
  const queue = { publish: async () => [], consume, depth: async () => 0, ahead: () => 0 };
  const options = { idempotencyDays: IDEMPOTENCY_DAYS, aheadMax: Infinity };
  return new CreatePayments(repository, queue, new DecidedRules(), clock, newId, options);
}

/** True time, and the clock of one process, which may be wrong by up to an hour and set right or wrong at any moment. */
export class WrongClock implements Clock {
  wrongByMs = 0;
  constructor(private readonly truth: Clock) {}
  now(): Date {
    return new Date(this.truth.now().getTime() + this.wrongByMs);
  }
}

/** A rail that moves money once for a key, answers late, and loses answers. */
class UnreliableRail extends ScriptedRail {
  private readonly late: (() => void)[] = [];

  constructor(private readonly random: () => number) {
    super('unreliable', {
      send: ({ id }: PaymentState) => {
        const arrives = this.happens(0.7);
        if (arrives) this.moved.add(id);
        return this.later(arrives && this.happens(0.5) ? { outcome: 'succeeded' } : lost);
      },
      ask: ({ id }: PaymentState) => {
        const known: RailAnswer = this.moved.has(id) ? { outcome: 'succeeded' } : { outcome: 'absent' };
        return this.later(this.happens(0.7) ? known : lost);
      },
    });
  }

  /** Gives one of the answers that are under way; false when there is none. */
  answerOne(): boolean {
    const [answer] = this.late.splice(Math.floor(this.random() * this.late.length), 1);
    answer?.();
    return answer !== undefined;
  }

  private later(answer: RailAnswer): Promise<RailAnswer> {
    return new Promise((resolve) => this.late.push(() => resolve(answer)));
  }

  private happens(share: number): boolean {
    return this.random() < share;
  }
}

const lost: RailAnswer = { outcome: 'unknown', detail: 'the answer was lost' };

/** Three processes with clocks of their own; every random choice is the given one's. */
export class ClockSimulation {
  readonly truth: ManualClock;
  readonly store = new InMemoryPaymentRepository({ graceMs: GRACE_MS });
  readonly rail: UnreliableRail;
  /** What a worker logged as an error: something that must not happen, however it ended. */
  readonly errors: string[] = [];
  readonly ids: PaymentId[] = [];
  jumps = 0;
  private readonly processes: readonly { clock: WrongClock; worker: ProcessPayments; create: CreatePayments }[];
  /** Messages on their way; they may be delivered late and twice. */
  private readonly messages: PaymentId[] = [];
  private readonly settling = new Set<Promise<unknown>>();

  constructor(
    start: string,
    private readonly payments: number,
    private readonly random: () => number,
  ) {
    this.truth = new ManualClock(new Date(start));
    this.rail = new UnreliableRail(random);
    this.processes = [0, 1, 2].map(() => this.process());
  }

  async step(): Promise<void> {
    const process = this.pick(this.processes);
    const choice = this.random();
    if (choice < 0.05) this.jump(process.clock);
    else if (choice < 0.25 && this.ids.length < this.payments) await this.create(process.create);
    else if (choice < 0.45) await this.sweep(process.clock);
    else if (choice < 0.7) await this.deliver(process.worker);
    else if (choice < 0.9) this.rail.answerOne();
    else this.truth.advance(Math.floor(this.random() * LEASE_MS));
  }

  /** The clocks are right again and time passes: whatever waited for a wrong instant must come. */
  async settle(): Promise<void> {
    for (const { clock } of this.processes) clock.wrongByMs = 0;
    for (let left = SETTLE_ROUNDS_MAX; left > 0 && (await this.open()) > 0; left -= 1) {
      this.truth.advance(LEASE_MS);
      await this.sweep(this.truth);
      while (this.messages.length > 0) await this.deliver(this.pick(this.processes).worker);
      await this.answerAll();
    }
  }

  /** Asked for an answer, the rail may be sent the payment then; so again, until nothing is under way. */
  private async answerAll(): Promise<void> {
    do {
      while (this.rail.answerOne());
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.rail.answerOne());
    await Promise.all(this.settling);
  }

  async open(): Promise<number> {
    const payments = await this.store.find(wholeTenant('default'), this.ids);
    return payments.filter((payment) => !payment?.isTerminal).length;
  }

  private process() {
    const clock = new WrongClock(this.truth);
    const error = (message: string): void => void this.errors.push(message);
    const worker = aWorker(this.store, this.rail, clock, this.random, { ...silentLogger, error });
    return { clock, worker, create: aCreator(this.store, clock) };
  }

  private jump(clock: WrongClock): void {
    this.jumps += 1;
    clock.wrongByMs = this.pick([-HOUR_MS, 0, HOUR_MS, Math.round((this.random() - 0.5) * 2 * HOUR_MS)]);
  }

  private async create(create: CreatePayments): Promise<void> {
    const instruction = anInstruction({ rail: this.rail.name });
    const [outcome] = await create.execute([{ instruction, respond: () => '' }]);
    if (outcome?.outcome !== 'created') throw new Error(`not created: ${JSON.stringify(outcome)}`);
    this.ids.push(outcome.payment.id);
    if (this.random() < 0.7) this.messages.push(outcome.payment.id);
  }

  private async sweep(clock: Clock): Promise<void> {
    const now = clock.now();
    const claimed = await this.store.claim('default', 20, now, new Date(now.getTime() + GRACE_MS));
    this.messages.push(...claimed.map(({ paymentId }) => paymentId));
  }

  private async deliver(worker: ProcessPayments): Promise<void> {
    const at = Math.floor(this.random() * this.messages.length);
    const paymentId = this.messages[at];
    if (paymentId === undefined) return;
    if (this.random() < 0.8) this.messages.splice(at, 1); // else it is delivered twice
    const outcomes = await worker.handle([{ tenantId: 'default', paymentId, attempt: 0 }]);
    const settled = allOutcomes(outcomes).finally(() => this.settling.delete(settled));
    this.settling.add(settled);
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)] as T;
  }
}
