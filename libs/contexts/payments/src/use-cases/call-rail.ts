import { errorFields, type Logger, type Meter } from '@ferry/kernel';
import type { Change, PaymentId, PaymentState } from '../domain/payment.js';
import type { Rail, RailAnswer } from '../ports/rail.js';

/**
 * Calls the rail for leased payments: new ones are sent, others are asked for, and sent again (same key) if the rail has never
 * seen them. Whatever goes wrong is `unknown`, never a failure. One answer per payment.
 */
export async function callRail(
  rail: Rail,
  leased: readonly Change[],
  timeoutMs: number,
  { logger, meter }: { readonly logger: Logger; readonly meter: Meter },
): Promise<Map<PaymentId, RailAnswer>> {
  const answers = new Map<PaymentId, RailAnswer>();
  const call = async (verb: 'send' | 'ask', payments: readonly PaymentState[]): Promise<void> => {
    if (payments.length === 0) return;
    const started = performance.now();
    const results = await bounded((signal) => rail[verb](payments, signal), timeoutMs).catch((error: unknown) => {
      logger.warn('rail did not answer', { rail: rail.name, verb, payments: payments.length, ...errorFields(error) });
      return payments.map((): RailAnswer => ({ outcome: 'unknown', detail: String(errorFields(error).error) }));
    });
    const seconds = (performance.now() - started) / 1000;
    payments.forEach(({ id }, i) => {
      const answer = results[i] ?? { outcome: 'unknown', detail: 'the rail gave no answer' };
      answers.set(id, answer);
      meter.observe('rail_call_seconds', seconds, { rail: rail.name, outcome: answer.outcome });
    });
  };
  const states = (known: boolean): PaymentState[] =>
    leased.filter(({ from }) => (from === 'PROCESSING') === known).map(({ payment }) => payment.state);
  await Promise.all([call('send', states(false)), call('ask', states(true))]);
  await call(
    'send',
    states(true).filter(({ id }) => answers.get(id)?.outcome === 'absent'),
  );
  return answers;
}

/** A rail that ignores its signal still cannot hold us longer than `timeoutMs`. */
async function bounded<T>(work: (signal: AbortSignal) => Promise<T>, timeoutMs: number): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${timeoutMs} ms`);
      reject(error);
      abort.abort(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
