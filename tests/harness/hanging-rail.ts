import { newId, silentLogger, silentMeter, stopwatch, systemClock } from '@ferry/kernel';
import {
  ProcessPayments,
  SweepPayments,
  type PaymentId,
  type PaymentQueue,
  type RailAnswer,
  wholeTenant,
} from '@ferry/payments';
import { anAddition, eventually, InMemoryPaymentRepository, ScriptedRail, unknown } from '@ferry/payments/testing';
import { SimulatedRail } from '@ferry/simulated-rail';

export const PREFETCH = 40;
const HANGING_PAYMENTS = 10 * PREFETCH;
const OTHERS = 40;
const tenantId = 'default';

/**
 * One worker. A rail that does not answer before all is over is given ten times as many payments as the worker takes in hand;
 * behind them come payments of a rail that is well. When the last of these ended, in ms since all were published; how many calls
 * the hanging rail had in flight at most; and how often the worker had taken up its payments by then.
 */
export async function oneRailHangs(
  queue: PaymentQueue,
  railCallsMax: number,
  patienceMs?: number,
): Promise<{ othersMs: number; callsMax: number; attempts: number }> {
  const store = new InMemoryPaymentRepository({ graceMs: 60_000 });
  const { promise: over, resolve: end } = Promise.withResolvers<RailAnswer>();
  let calls = 0;
  let callsMax = 0;
  const hanging = new ScriptedRail('hanging', {
    send: async () => {
      callsMax = Math.max(callsMax, (calls += 1));
      return over.finally(() => (calls -= 1));
    },
    ask: () => over,
  });
  const latency = { distribution: 'uniform', minMs: 1, maxMs: 5 } as const; // few of it are put back
  const well = new SimulatedRail({ successRate: 1, seed: 'rail-hangs', latency });
  const ended = new Set<PaymentId>();
  const worker = new ProcessPayments(
    {
      repository: store,
      rails: new Map([hanging, well].map((rail) => [rail.name, rail])),
      signals: { announce: (all) => all.forEach(({ paymentId }) => ended.add(paymentId)), listen: () => () => {} },
      clock: systemClock,
      newId,
      random: Math.random,
      logger: silentLogger,
      meter: silentMeter,
    },
    {
      railTimeoutMs: 300_000, // nothing here waits for it
      railCallsMax,
      leaseMs: 900_000,
      retry: { baseMs: 60_000, maxMs: 60_000 },
      attemptsMax: 3,
      unknownAttentionAfter: 3,
    },
  );
  const some = (count: number, rail: string) =>
    Array.from({ length: count }, () => anAddition({ tenantId, rail, now: systemClock.now() }));
  const additions = [...some(HANGING_PAYMENTS, hanging.name), ...some(OTHERS, well.name)];
  await store.add(tenantId, additions);
  const ids = additions.map(({ change }) => change.payment.id);
  const consumer = await queue.consume((messages) => worker.handle(messages), { prefetch: PREFETCH });
  const sweeper = new SweepPayments(store, queue, systemClock, {
    aheadMax: 1_000,
    batchMax: 1_000,
    againAfterMs: 60_000,
  });
  const sweeping = setInterval(() => void sweeper.run(), 100);
  try {
    const tookMs = stopwatch();
    await queue.publish(ids.map((paymentId) => ({ tenantId, paymentId, attempt: 0 })));
    await eventually('the payments of the other rail have ended', () => ended.size === OTHERS, patienceMs);
    const othersMs = tookMs();
    const payments = await store.find(wholeTenant(tenantId), ids.slice(0, HANGING_PAYMENTS));
    return { othersMs, callsMax, attempts: Math.max(...payments.map((payment) => payment?.state.attempts ?? 0)) };
  } finally {
    clearInterval(sweeping);
    end(unknown());
    await consumer.stop(60_000);
  }
}
