import type { PaymentId, PaymentState } from '../src/domain/payment.js';
import type { Rail, RailAnswer, Settlement } from '../src/ports/rail.js';

export interface RailScript {
  /** Given, the rail settles under the lock what this settles. */
  readonly atOnce?: (payment: PaymentState) => Settlement | undefined;
  /** Of each payment by itself. Default: succeeded. */
  readonly send?: (payment: PaymentState, signal: AbortSignal) => RailAnswer | Promise<RailAnswer>;
  /** Default: what the rail did when the payment was sent, else absent. */
  readonly ask?: (payment: PaymentState, signal: AbortSignal) => RailAnswer | Promise<RailAnswer>;
}

export const succeeded = (providerReference?: string): RailAnswer => ({ outcome: 'succeeded', providerReference });
export const unknown = (detail = 'no answer'): RailAnswer => ({ outcome: 'unknown', detail });
export const absent: RailAnswer = { outcome: 'absent' };

/** Never answers; rejects when the caller gives up. */
export const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

/** A rail that answers what the test says, and remembers what it was told. */
export class ScriptedRail implements Rail {
  readonly sent: PaymentId[] = [];
  readonly asked: PaymentId[] = [];
  /** Payments whose money moved: sending twice has the effect of sending once. */
  readonly moved = new Set<PaymentId>();
  readonly decideAtOnce?: (payment: PaymentState) => Settlement | undefined;

  constructor(
    readonly name: string,
    private readonly script: RailScript = {},
  ) {
    if (script.atOnce) this.decideAtOnce = script.atOnce;
  }

  send(payments: readonly PaymentState[], signal: AbortSignal): readonly Promise<RailAnswer>[] {
    this.sent.push(...payments.map(({ id }) => id));
    return payments.map(async (payment) => {
      const answer = this.script.send ? await this.script.send(payment, signal) : succeeded();
      if (answer.outcome === 'succeeded') this.moved.add(payment.id);
      return answer;
    });
  }

  ask(payments: readonly PaymentState[], signal: AbortSignal): readonly Promise<RailAnswer>[] {
    this.asked.push(...payments.map(({ id }) => id));
    const known = ({ id }: PaymentState): RailAnswer => (this.moved.has(id) ? succeeded() : absent);
    return payments.map(async (payment) => (await this.script.ask?.(payment, signal)) ?? known(payment));
  }
}
