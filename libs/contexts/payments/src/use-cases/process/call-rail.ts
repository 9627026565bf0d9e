import { errorFields, stopwatch, type Logger, type Meter } from '@ferry/kernel';
import type { Change, PaymentId, PaymentState } from '../../domain/payment.js';
import type { Rail, RailAnswer } from '../../ports/rail.js';

type Verb = 'send' | 'ask';

interface CallOptions {
  /** Of each call: a payment that is asked for and then sent has it twice. */
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Calls the rail for leased payments: new ones are sent, others are asked for, and sent again (same key) if the rail has never
 * seen them. One promise per payment, which never rejects: whatever goes wrong is `unknown`, never a failure.
 */
export function callRail(
  rail: Rail,
  leased: readonly Change[],
  options: CallOptions,
): ReadonlyMap<PaymentId, Promise<RailAnswer>> {
  const states = (known: boolean): PaymentState[] =>
    leased.filter(({ from }) => (from === 'PROCESSING') === known).map(({ payment }) => payment.state);
  const call = (verb: Verb, payments: readonly PaymentState[]) => callOnce(rail, verb, payments, options);
  const sendIfAbsent = async (payment: PaymentState, asked: Promise<RailAnswer>): Promise<RailAnswer> => {
    const answer = await asked;
    const [sent] = answer.outcome === 'absent' ? call('send', [payment]) : [];
    return sent?.[1] ?? answer;
  };
  const sent = call('send', states(false));
  const asked = call('ask', states(true)).map(([payment, answer]) => [payment, sendIfAbsent(payment, answer)] as const);
  return new Map([...sent, ...asked].map(([{ id }, answer]) => [id, answer]));
}

function callOnce(
  rail: Rail,
  verb: Verb,
  payments: readonly PaymentState[],
  { timeoutMs, logger, meter }: CallOptions,
): readonly (readonly [PaymentState, Promise<RailAnswer>])[] {
  if (payments.length === 0) return [];
  const tookMs = stopwatch();
  const errors: unknown[] = [];
  const { late, signal, stop } = timeLimit(timeoutMs);
  const answers = askFor(rail, verb, payments, signal).map(async (promise): Promise<RailAnswer> => {
    const answer = await Promise.race([promise, late]).catch((error: unknown) => {
      errors.push(error);
      return unknown(String(errorFields(error).error));
    });
    const heard = answer ?? unknown('the rail gave no answer');
    meter.observe('rail_call_seconds', tookMs() / 1000, { rail: rail.name, outcome: heard.outcome });
    return heard;
  });
  void Promise.all(answers).then(() => {
    stop();
    if (errors.length === 0) return; // one line a call: a rail that is away must not flood the log
    logger.warn('rail did not answer', { rail: rail.name, verb, payments: errors.length, ...errorFields(errors[0]) });
  });
  return payments.map((payment, i) => [payment, answers[i] as Promise<RailAnswer>]);
}

const unknown = (detail: string): RailAnswer => ({ outcome: 'unknown', detail });

/** One promise per payment: if the rail's are more or fewer, nobody knows whose they are. */
function askFor(
  rail: Rail,
  verb: Verb,
  payments: readonly PaymentState[],
  signal: AbortSignal,
): readonly Promise<RailAnswer>[] {
  try {
    const answers = rail[verb](payments, signal);
    if (answers.length === payments.length) return answers;
    void Promise.allSettled([answers].flat()); // nobody listens to them, and a rejection that nobody hears ends the process
    throw new Error(`${answers.length} answers for ${payments.length} payments`);
  } catch (error) {
    return payments.map(() => Promise.reject(error as Error));
  }
}

/** `late` rejects, and `signal` aborts, after `timeoutMs`, unless stopped before. */
function timeLimit(timeoutMs: number): { late: Promise<never>; signal: AbortSignal; stop: () => void } {
  const { promise: late, reject } = Promise.withResolvers<never>();
  late.catch(() => {}); // also when there is nothing to be late
  const abort = new AbortController();
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${timeoutMs} ms`);
    reject(error);
    abort.abort(error);
  }, timeoutMs);
  return { late, signal: abort.signal, stop: () => clearTimeout(timer) };
}
