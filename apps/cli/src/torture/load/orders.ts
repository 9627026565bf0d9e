import { seededRandom, weighted } from '../random.js';

/** What a client does with its payment; shares in per cent. */
const behaviours = {
  /** Asks with a key until it has an answer. */
  once: 52,
  /** Asks again with the same key a little later. */
  again: 8,
  /** Fires the same key two to four times at the same moment, at different apis. */
  twins: 12,
  /** Has no key and relies on its reference. */
  reference: 10,
  /** Asks with a key and, at the same moment, without one. */
  both: 8,
  /** Cancels as soon as it has an answer. */
  cancel: 5,
  /** Waits for the end and believes what it is told. */
  watch: 5,
} as const;
export type Behaviour = keyof typeof behaviours;

/** What the simulated rail is asked to do; shares in per cent. `error` parks the payment for attention, `timeout` is asked for again. */
const scenarios = { any: 97, success: 0.9, failure: 0.9, timeout: 0.9, error: 0.3 } as const;
export type AskedFor = keyof typeof scenarios;

/** One payment that a client wants. */
export interface Order {
  readonly index: number;
  readonly reference: string;
  readonly key: string | undefined;
  readonly behaviour: Behaviour;
  readonly askedFor: AskedFor;
  /** Of `twins`. */
  readonly twins: number;
  readonly body: string;
}

/** The same for the same seed: order 17 of a run is order 17 of its repetition. */
export function orderOf(seed: number, index: number): Order {
  const random = seededRandom(seed, 'order', index);
  const behaviour = weighted(random, behaviours);
  const askedFor = weighted(random, scenarios);
  const reference = `torture-${seed}-${index}`;
  return {
    index,
    reference,
    key: behaviour === 'reference' ? undefined : `key-${seed}-${index}`,
    behaviour,
    askedFor,
    twins: 2 + Math.floor(random() * 3),
    body: JSON.stringify({
      amount: (100 + Math.floor(random() * 100_000)) / 100,
      currency: 'EUR',
      reference,
      ...(askedFor === 'any' ? {} : { metadata: { simulate: askedFor } }),
    }),
  };
}
