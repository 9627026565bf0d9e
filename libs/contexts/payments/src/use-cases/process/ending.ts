import type { Change, Occasion, Payment } from '../../domain/payment.js';
import type { RailAnswer } from '../../ports/rail.js';

/** The change by which an answer ends the payment; undefined for an answer that ends nothing. */
export function endingBy(answer: RailAnswer, payment: Payment, occasion: Occasion): Change | undefined {
  if (answer.outcome === 'succeeded') return payment.succeed(occasion, answer.providerReference);
  if (answer.outcome === 'failed') return payment.fail(occasion, answer.reason);
  return undefined;
}
