/** `larger` must be at least `times` x `smaller` + `by`; not asked when a program reads only one of them. */
interface Order {
  readonly smaller: string;
  readonly larger: string;
  readonly times?: number;
  readonly by?: number;
}

const orders: readonly Order[] = [
  // A rail may be asked and then sent to within one lease; the answer must find it alive, with time left to store it.
  { smaller: 'RAIL_TIMEOUT_MS', larger: 'LEASE_MS', times: 2, by: 5_000 },
  { smaller: 'RETRY_BASE_MS', larger: 'RETRY_MAX_MS' },
  { smaller: 'SIMULATED_LATENCY_MIN_MS', larger: 'SIMULATED_LATENCY_P50_MS' },
  { smaller: 'SIMULATED_LATENCY_P50_MS', larger: 'SIMULATED_LATENCY_MAX_MS' },
  { smaller: 'DB_POOL_MIN', larger: 'DB_POOL_MAX' },
  { smaller: 'QUEUE_DEPTH_MAX', larger: 'QUEUE_LENGTH_MAX' },
];

/** Mistakes that only several settings together show. */
export const crossProblems = (settings: Readonly<Record<string, unknown>>): string[] => [
  ...openInProduction(settings),
  ...archiveNowhere(settings),
  ...orders.flatMap(({ smaller, larger, times = 1, by = 0 }) => {
    const [low, high] = [settings[smaller], settings[larger]];
    if (typeof low !== 'number' || typeof high !== 'number' || high >= times * low + by) return [];
    const least = `${times > 1 ? `${times} x ` : ''}${smaller}${by > 0 ? ` + ${by}` : ''}`;
    return [`${larger}: must be at least ${least} (${times * low + by}), not ${high}`];
  }),
];

/** Whoever runs a production means somebody by each of its payments. */
const openInProduction = ({ FERRY_AUTH, NODE_ENV }: Readonly<Record<string, unknown>>): string[] =>
  FERRY_AUTH === 'none' && NODE_ENV === 'production'
    ? ['FERRY_AUTH: none is refused when NODE_ENV is production; use keys']
    : [];

const archiveNowhere = ({
  PARTITION_EXPIRY: expiry,
  PARTITION_ARCHIVE_DIR: directory,
}: Readonly<Record<string, unknown>>): string[] =>
  expiry === 'archive' && directory === undefined
    ? ['PARTITION_EXPIRY: archive needs PARTITION_ARCHIVE_DIR, which is not set']
    : [];
