/** `larger` must exceed `smaller` by `by` at least; holds when a program reads only one of them. */
interface Order {
  readonly smaller: string;
  readonly larger: string;
  readonly by: number;
}

const orders: readonly Order[] = [
  // A rail's answer must find the lease alive, with time left to store it.
  { smaller: 'RAIL_TIMEOUT_MS', larger: 'LEASE_MS', by: 5_000 },
  { smaller: 'RETRY_BASE_MS', larger: 'RETRY_MAX_MS', by: 0 },
  { smaller: 'SIMULATED_LATENCY_MIN_MS', larger: 'SIMULATED_LATENCY_P50_MS', by: 0 },
  { smaller: 'SIMULATED_LATENCY_P50_MS', larger: 'SIMULATED_LATENCY_MAX_MS', by: 0 },
  { smaller: 'DB_POOL_MIN', larger: 'DB_POOL_MAX', by: 0 },
  { smaller: 'QUEUE_DEPTH_MAX', larger: 'QUEUE_LENGTH_MAX', by: 0 },
];

/** Mistakes that only several settings together show. */
export const crossProblems = (settings: Readonly<Record<string, unknown>>): string[] =>
  orders.flatMap(({ smaller, larger, by }) => {
    const [low, high] = [settings[smaller], settings[larger]];
    if (typeof low !== 'number' || typeof high !== 'number' || high >= low + by) return [];
    return [`${larger}: must be at least ${smaller}${by > 0 ? ` + ${by}` : ''} (${low + by}), not ${high}`];
  });
