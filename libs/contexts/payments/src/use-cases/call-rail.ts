import { errorFields, type Logger, type Meter } from '@ferry/kernel';
import type { Change, PaymentId, PaymentState } from '../domain/payment.js';
import type { Rail, RailAnswer } from '../ports/rail.js';

/** How long after its time is up a rail may still hand over the answers that it has. */
const HANDOVER_MS = 100;

/**
 * Calls the rail for leased payments: new ones are sent, others are asked for, and sent again (same key) if the rail has never
 * seen them. Whatever goes wrong is `unknown`, never a failure. One answer per payment: if they are more or fewer, nobody knows
 * whose they are.
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
    const asked = async (signal: AbortSignal): Promise<readonly RailAnswer[]> => {
      const results = await rail[verb](payments, signal);
      if (results.length === payments.length) return results;
      throw new Error(`${results.length} answers for ${payments.length} payments`);
    };
    const results = await bounded(asked, timeoutMs).catch((error: unknown) => {
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

/** When `timeoutMs` are over the rail may hand over what it has; one that ignores its signal cannot hold us for long. */
async function bounded<T>(work: (signal: AbortSignal) => Promise<T>, timeoutMs: number): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${timeoutMs} ms`);
      timer = setTimeout(() => reject(error), HANDOVER_MS);
      abort.abort(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
