import { newId, silentLogger, silentMeter, systemClock } from '@ferry/kernel';
import { ProcessPayments, type PaymentId, type PaymentQueue } from '@ferry/payments';
import { anAddition, eventually, InMemoryPaymentRepository } from '@ferry/payments/testing';
import { SimulatedRail } from '@ferry/simulated-rail';

export const SLOW_RAIL_TIMEOUT_MS = 3_000;
const PAYMENTS = 200;
const PREFETCH = 100;
const tenantId = 'default';

/**
 * One worker, 200 payments; the rail does not answer the first of them in time. When the last of the others ended, and when the
 * slow one did (it is asked for later), in ms since all were published.
 */
export async function oneSlowAmongMany(queue: PaymentQueue): Promise<{ othersMs: number; slowMs: number }> {
  const endedMs = new Map<PaymentId, number>();
  const store = new InMemoryPaymentRepository();
  const latency = { distribution: 'uniform', minMs: 10, maxMs: 50 } as const;
  const rail = new SimulatedRail({ successRate: 1, seed: 'f20', latency });
  let started = 0;
  const announce = (ended: readonly { readonly paymentId: PaymentId }[]): void =>
    ended.forEach(({ paymentId }) => endedMs.set(paymentId, performance.now() - started));
  const worker = new ProcessPayments(
    {
      repository: store,
      rails: new Map([[rail.name, rail]]),
      signals: { announce, listen: () => () => {} },
      clock: systemClock,
      newId,
      random: Math.random,
      logger: silentLogger,
      meter: silentMeter,
    },
    {
      railTimeoutMs: SLOW_RAIL_TIMEOUT_MS,
      railCallsMax: 2 * PREFETCH, // nothing is put back: nobody sweeps here
      leaseMs: 30_000,
      retry: { baseMs: 100, maxMs: 1_000 },
      attemptsMax: 3,
      unknownAttentionAfter: 3,
    },
  );
  const additions = Array.from({ length: PAYMENTS }, (_, i) =>
    anAddition({ tenantId, reference: i === 0 ? 'SIM-TIMEOUT' : `quick-${i}` }),
  );
  await store.add(tenantId, additions);
  const ids = additions.map(({ change }) => change.payment.id);
  const consumer = await queue.consume((messages) => worker.handle(messages), { prefetch: PREFETCH });
  started = performance.now();
  await queue.publish(ids.map((paymentId) => ({ tenantId, paymentId, attempt: 0 })));
  await eventually('all have ended', () => endedMs.size === PAYMENTS);
  await consumer.stop(5_000);
  const [slowMs, ...others] = ids.map((id) => endedMs.get(id) as number) as [number, ...number[]];
  return { othersMs: Math.max(...others), slowMs };
}
