import type { Evidence, HistoryRow, PaymentRow } from '../evidence.js';
import type { Order } from '../load/orders.js';
import type { Witness } from '../load/witness.js';
import { ends, judgeEach, type Verdict } from './verdict.js';

/** What became of every payment that is there, acknowledged or not. */
export function judgePayments(witness: Witness, { payments, history }: Evidence): readonly Verdict[] {
  const steps = Map.groupBy(history, ({ payment_id }) => payment_id);
  const orders = new Map([...witness.orders.values()].map((order) => [order.reference, order]));
  const stepsOf = ({ id }: PaymentRow): readonly HistoryRow[] => steps.get(id) ?? [];
  return [
    judgeEach(
      'ended-once',
      'every payment has ended, with one row of history that ends it; or waits with an attention',
      payments,
      (payment) => {
        const ended = stepsOf(payment).filter(({ to_status }) => ends.has(to_status));
        if (ended.length > 1) return `${payment.id} ended ${ended.length} times`;
        return ended[0]?.to_status === (ends.has(payment.status) ? payment.status : undefined)
          ? undefined
          : `${payment.id} is ${payment.status}, its history ends it as ${ended[0]?.to_status}`;
      },
    ),
    judgeEach('nothing-stuck', 'what has not ended has an attention that says why', payments, (payment) =>
      ends.has(payment.status) || payment.attention !== null ? undefined : `${payment.id} is ${payment.status}`,
    ),
    judgeEach('as-asked', 'every payment came to the end that was asked for', payments, (payment) => {
      const order = orders.get(payment.reference);
      if (order === undefined || mayBecome(order).includes(payment.status)) return undefined;
      return `${payment.id} (${order.behaviour}, ${order.askedFor}) is ${payment.status} ${payment.attention ?? ''}`;
    }),
    judgeEach('history-whole', 'histories count 1, 2, 3 ... without a gap', payments, (payment) => {
      const versions = stepsOf(payment).map(({ version }) => version);
      return versions.length > 0 && versions.every((version, i) => version === i + 1)
        ? undefined
        : `${payment.id} has the versions ${versions.join(', ')}`;
    }),
  ];
}

const endsOf: Readonly<Record<Order['askedFor'], readonly string[]>> = {
  any: ['SUCCESS', 'FAILED'],
  success: ['SUCCESS'],
  timeout: ['SUCCESS'],
  failure: ['FAILED'],
  // The rail breaks on it before it has any effect: it is parked as it was.
  error: ['PENDING'],
};

const mayBecome = ({ askedFor, behaviour }: Order): readonly string[] => [
  ...endsOf[askedFor],
  ...(behaviour === 'cancel' ? ['CANCELLED'] : []),
];
