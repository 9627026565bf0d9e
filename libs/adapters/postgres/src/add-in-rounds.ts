import type { Addition, AddOutcome } from '@ferry/payments';

/**
 * One statement cannot meet the same key or reference twice, so a batch is stored in rounds: first occurrences in one transaction; what repeats
 * one of them is answered from its outcome where that is certain, and asks again in the next round where it is not.
 */
export async function addInRounds(
  additions: readonly Addition[],
  store: (round: readonly Addition[]) => Promise<readonly AddOutcome[]>,
): Promise<readonly AddOutcome[]> {
  const outcomes = new Map<Addition, AddOutcome>();
  let open = additions;
  while (open.length > 0) {
    const round = firstOccurrences(open);
    const results = await store(round);
    round.forEach((addition, i) => outcomes.set(addition, results[i] as AddOutcome));
    open = open.filter((addition) => {
      if (outcomes.has(addition)) return false;
      const certain = repeatOf(addition, round, outcomes);
      if (certain) outcomes.set(addition, certain);
      return certain === undefined;
    });
  }
  return additions.map((addition) => outcomes.get(addition) as AddOutcome);
}

const keyOf = ({ idempotency }: Addition): string | undefined => idempotency?.key;
const referenceOf = ({ change }: Addition): string => change.payment.state.reference;

function firstOccurrences(additions: readonly Addition[]): Addition[] {
  const keys = new Set<string | undefined>();
  const references = new Set<string>();
  return additions.filter((addition) => {
    const key = keyOf(addition);
    if ((key !== undefined && keys.has(key)) || references.has(referenceOf(addition))) return false;
    keys.add(key);
    references.add(referenceOf(addition));
    return true;
  });
}

/** The outcome of a request that repeats another of its batch: by its key if it has one, else by its reference. */
function repeatOf(
  addition: Addition,
  round: readonly Addition[],
  outcomes: ReadonlyMap<Addition, AddOutcome>,
): AddOutcome | undefined {
  const key = keyOf(addition);
  const first = round.find((one) =>
    key === undefined ? referenceOf(one) === referenceOf(addition) : keyOf(one) === key,
  );
  if (!first) return undefined;
  const outcome = outcomes.get(first) as AddOutcome;
  if (key === undefined)
    return outcome.outcome === 'added' || outcome.outcome === 'duplicate-reference'
      ? {
          outcome: 'duplicate-reference',
          paymentId: outcome.outcome === 'added' ? first.change.payment.id : outcome.paymentId,
        }
      : undefined;
  const same = first.idempotency?.fingerprint === addition.idempotency?.fingerprint;
  if (outcome.outcome === 'added')
    return same
      ? { outcome: 'replayed', paymentId: first.change.payment.id, response: first.idempotency?.response ?? '' }
      : { outcome: 'key-reused' };
  // The first met an older record. With the same request the second meets the same; another request must ask for itself.
  return same ? outcome : undefined;
}
