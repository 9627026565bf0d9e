import { sleep } from '@ferry/kernel';
import type { PaymentState, Rail, RailAnswer, Settlement } from '@ferry/payments';
import { chance } from './chance.js';
import { checkLatency, latencyMs, type Latency } from './latency.js';
import { askedReason, askedScenario, type Scenario } from './scenario.js';

export interface SimulatedRailOptions {
  /** Share of payments that succeed, 0 to 1, of those that ask for no scenario of their own. */
  readonly successRate: number;
  /** Another seed, another fate for each payment. */
  readonly seed: number | string;
  readonly latency: Latency;
}

/**
 * A rail that moves no money. What becomes of a payment depends on the seed and its id alone, so sending twice, asking, and
 * another process all give the same answer; nothing is kept. Without latency it settles at once, under the row lock.
 */
export class SimulatedRail implements Rail {
  readonly name = 'simulated';

  constructor(private readonly options: SimulatedRailOptions) {
    const { successRate, latency } = options;
    if (!(successRate >= 0 && successRate <= 1)) throw new RangeError(`successRate is 0 to 1, not ${successRate}`);
    checkLatency(latency);
  }

  decideAtOnce(payment: PaymentState): Settlement | undefined {
    const scenario = this.scenarioOf(payment);
    if (scenario === 'error') throw new Error('a simulated error');
    return this.options.latency.distribution === 'none' ? settlementOf(payment, scenario) : undefined;
  }

  send(payments: readonly PaymentState[], signal: AbortSignal): readonly Promise<RailAnswer>[] {
    return payments.map((payment) => this.answer(payment, 'send', signal));
  }

  ask(payments: readonly PaymentState[], signal: AbortSignal): readonly Promise<RailAnswer>[] {
    return payments.map((payment) => this.answer(payment, 'ask', signal));
  }

  /** Each payment has a latency of its own. When the caller gives up, what is not answered by then is unknown. */
  private async answer(payment: PaymentState, verb: 'send' | 'ask', signal: AbortSignal): Promise<RailAnswer> {
    const scenario = this.scenarioOf(payment);
    if (scenario === 'timeout' && verb === 'send') await aborted(signal);
    else await sleep(this.latencyOf(payment, verb), signal);
    if (signal.aborted) return { outcome: 'unknown', detail: 'the simulated rail did not answer in time' };
    const settlement = settlementOf(payment, scenario === 'timeout' ? 'success' : scenario);
    return settlement ?? { outcome: 'unknown', detail: `a simulated ${scenario} outcome` };
  }

  private scenarioOf(payment: PaymentState): Scenario {
    const { seed, successRate } = this.options;
    return askedScenario(payment) ?? (chance(seed, payment.id, 'outcome') < successRate ? 'success' : 'failure');
  }

  private latencyOf({ id }: PaymentState, verb: 'send' | 'ask'): number {
    return latencyMs(this.options.latency, chance(this.options.seed, id, verb));
  }
}

function settlementOf(payment: PaymentState, scenario: Scenario): Settlement | undefined {
  if (scenario === 'success') return { outcome: 'succeeded', providerReference: `sim-${payment.id}` };
  if (scenario === 'failure') return { outcome: 'failed', reason: askedReason(payment) };
  return undefined;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
