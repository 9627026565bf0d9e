import type { Evidence } from '../evidence.js';
import type { Acknowledgement, Witness } from '../load/witness.js';
import { judgeEach, type Verdict } from './verdict.js';

type Heard = readonly [order: number, acknowledgements: readonly Acknowledgement[]];

/** What the clients were told, held against what is there. */
export function judgeAcknowledged(witness: Witness, evidence: Evidence): readonly Verdict[] {
  const heard: readonly Heard[] = [...Map.groupBy(witness.acknowledgements, ({ order }) => order)];
  const referenceOf = (order: number): string | undefined => witness.orders.get(order)?.reference;
  const payments = new Map(evidence.payments.map((payment) => [payment.id, payment]));
  const keys = new Map(evidence.keys.map((row) => [row.idempotency_key, row.payment_id]));
  const ordered = new Set([...witness.orders.values()].map(({ reference }) => reference));
  const byReference = [...Map.groupBy(evidence.payments, ({ reference }) => reference)];
  const digestsOf = ([, acks]: Heard): Set<string> => new Set(acks.flatMap(({ digest }) => digest ?? []));
  return [
    judgeEach('nothing-lost', 'every acknowledged payment is there, with its reference', heard, ([order, acks]) => {
      const lost = acks.find(({ paymentId }) => payments.get(paymentId)?.reference !== referenceOf(order));
      return lost && `${referenceOf(order)} was acknowledged as ${lost.paymentId}, which is not there`;
    }),
    judgeEach('one-per-order', 'all answers to an order name one payment, created once', heard, ([order, acks]) => {
      const ids = new Set(acks.map(({ paymentId }) => paymentId));
      const created = acks.filter(({ said }) => said === 'created').length;
      if (ids.size > 1) return `${referenceOf(order)} is ${[...ids].join(' and ')}`;
      return created > 1 ? `${referenceOf(order)} was created ${created} times` : undefined;
    }),
    judgeEach('one-per-reference', 'every payment was ordered, and none twice', byReference, ([reference, rows]) => {
      if (!ordered.has(reference)) return `${reference} was never ordered`;
      return rows.length > 1 ? `${reference} is ${rows.map(({ id }) => id).join(' and ')}` : undefined;
    }),
    judgeEach(
      'one-per-key',
      'every key that was answered is kept, for the payment that the answer named',
      heard.filter((one) => digestsOf(one).size > 0),
      ([order, acks]) => {
        const key = witness.orders.get(order)?.key ?? '';
        const named = acks.find(({ digest }) => digest !== undefined)?.paymentId;
        return keys.get(key) === named ? undefined : `${key} stands for ${keys.get(key)}, the client was told ${named}`;
      },
    ),
    judgeEach(
      'replays-equal',
      'every answer to a key is the same, byte for byte',
      heard.filter(([, acks]) => acks.filter(({ digest }) => digest !== undefined).length > 1),
      (one) =>
        digestsOf(one).size > 1 ? `${referenceOf(one[0])} had ${digestsOf(one).size} different answers` : undefined,
    ),
    judgeEach(
      'told-the-truth',
      'an end that a client was told of, or promised, is the end',
      witness.acknowledgements.filter(({ ended }) => ended !== undefined),
      ({ paymentId, ended }) => {
        const status = payments.get(paymentId)?.status;
        return status === ended ? undefined : `${paymentId} was told to be ${ended} and is ${status}`;
      },
    ),
  ];
}
