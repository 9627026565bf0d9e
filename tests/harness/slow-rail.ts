import { newId, silentLogger, silentMeter, stopwatch, systemClock } from '@ferry/kernel';
import { ProcessPayments, type PaymentId, type PaymentQueue, type RailAnswer } from '@ferry/payments';
import {
  anAddition,
  eventually,
  InMemoryPaymentRepository,
  ScriptedRail,
  succeeded,
  unknown,
} from '@ferry/payments/testing';

const PAYMENTS = 200;
const PREFETCH = 100;
const tenantId = 'default';

/**
 * One worker, 200 payments; the rail answers the first of them only when all others have ended, and then says that it does not know;
 * it is asked for later. When the last of the others ended, in ms since all were published.
 */
export async function oneSlowAmongMany(queue: PaymentQueue): Promise<{ othersMs: number }> {
  const store = new InMemoryPaymentRepository();
  const ended = new Set<PaymentId>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<RailAnswer>();
  const rail = new ScriptedRail('simulated', {
    send: ({ reference }) => (reference === 'slow' ? answered : succeeded()),
    ask: () => succeeded(),
  });
  const worker = new ProcessPayments(
    {
      repository: store,
      rails: new Map([[rail.name, rail]]),
      signals: { announce: (all) => all.forEach(({ paymentId }) => ended.add(paymentId)), listen: () => () => {} },
      clock: systemClock,
      newId,
      random: Math.random,
      logger: silentLogger,
      meter: silentMeter,
    },
    {
      railTimeoutMs: 120_000, // nothing here waits for it
      railCallsMax: 2 * PREFETCH, // nothing is put back: nobody sweeps here
      leaseMs: 300_000,
      retry: { baseMs: 100, maxMs: 1_000 },
      attemptsMax: 3,
      unknownAttentionAfter: 3,
    },
  );
  const additions = Array.from({ length: PAYMENTS }, (_, i) =>
    anAddition({ tenantId, reference: i === 0 ? 'slow' : `quick-${i}` }),
  );
  await store.add(tenantId, additions);
  const ids = additions.map(({ change }) => change.payment.id);
  const consumer = await queue.consume((messages) => worker.handle(messages), { prefetch: PREFETCH });
  const tookMs = stopwatch();
  await queue.publish(ids.map((paymentId) => ({ tenantId, paymentId, attempt: 0 })));
  try {
    await eventually('the others have ended', () => ended.size === PAYMENTS - 1);
    const othersMs = tookMs();
    answer(unknown());
    await eventually('the slow one was asked for and has ended', () => ended.size === PAYMENTS);
    return { othersMs };
  } finally {
    answer(unknown());
    await consumer.stop(60_000);
  }
}
