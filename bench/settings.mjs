/** What may be set for a bench; `--help` prints it. Ferry's own settings that are named with the terms may be set too. */
export const settings = /** @type {const} */ ({
  BENCH_ROUNDS: { value: '3', meaning: 'how often every case is run; figures are medians' },
  BENCH_DURATION_MS: { value: '5000', meaning: 'measured time of a run, warm-up left out' },
  BENCH_PAYMENTS: { value: '1000000', meaning: 'payments already in the tables of `million` and `explain`' },
  BENCH_STAGING_ROWS: { value: '1000000', meaning: 'rows of `staging` and `staging-sql`' },
  BENCH_STAGING_WAITING: { value: '3000000', meaning: 'rows that wait in `staging-waiting`' },
  BENCH_MEMORY_MINUTES: { value: '10', meaning: 'how long `memory` lasts' },
  BENCH_SOAK_MINUTES: { value: '30', meaning: 'how long `soak` lasts' },
  BENCH_WEBHOOK_SECONDS: { value: '30', meaning: 'how long `webhooks-held` lasts; the aim is for 300' },
  BENCH_NODE_ARGS: {
    value: '',
    meaning: 'for the node processes that are measured, e.g. --cpu-prof --cpu-prof-dir=/tmp/profiles',
  },
});

/** Ferry's settings that the caller's environment may change for the processes that are measured. */
export const ferrySettings = [
  'LOG_LEVEL',
  'CREATE_BATCH_MAX',
  'CREATE_CONCURRENCY',
  'DB_POOL_MAX',
  'WORKER_PREFETCH',
  'RELAY_BATCH',
  'STAGING_BATCH_SIZE',
];

/** @param {keyof typeof settings} name */
export const setting = (name) => process.env[name] ?? settings[name].value;

/** @param {Exclude<keyof typeof settings, 'BENCH_NODE_ARGS'>} name */
export function count(name) {
  const value = Number(setting(name));
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not ${setting(name)}`);
  return value;
}
