import { apiSettings, engineSettings, workerSettings } from '@ferry/wiring';
import { migrateSettings } from '../../commands/migrate.js';
import { startSettings } from '../../settings.js';

/**
 * Of all processes under torture. Shorter than the defaults, so that a run of minutes sees leases end and sweepers speak; longer
 * than a busy machine's own delays.
 */
export const timing = {
  SWEEP_GRACE_MS: '2000',
  SWEEP_INTERVAL_MS: '500',
  RAIL_TIMEOUT_MS: '1000',
  LEASE_MS: '7000',
  RETRY_BASE_MS: '200',
  RETRY_MAX_MS: '2000',
  ATTEMPTS_MAX: '3',
  JOB_LEASE_MS: '5000',
  STAGING_INTERVAL_SECONDS: '1',
  STAGING_BATCH_SIZE: '100',
  // A bad row would wait for minutes; here the ETL has it read again.
  STAGING_MAX_RETRIES: '0',
} as const;

/** A rail that takes its time, so that processes die between taking a payment up and settling it. */
export const slowRail = {
  SIMULATED_LATENCY: 'exponential',
  SIMULATED_LATENCY_MIN_MS: '2',
  SIMULATED_LATENCY_P50_MS: '15',
  SIMULATED_LATENCY_MAX_MS: '200',
} as const;

/** For the secrets of channels. */
const ENCRYPTION_KEYS = `torture:${Buffer.alloc(32, 'torture').toString('base64')}`;

const ferrysOwn = Object.keys({
  ...apiSettings,
  ...engineSettings,
  ...workerSettings,
  ...startSettings,
  ...migrateSettings,
});

/** The caller's environment without Ferry's settings in it: a `DATABASE_URL` of somebody's shell must not be tortured. */
export function cleanEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ferrysOwn) delete inherited[name];
  return {
    ...inherited,
    FERRY_AUTH: 'none',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    FERRY_ENCRYPTION_KEYS: ENCRYPTION_KEYS,
    ...timing,
    ...settings,
  };
}
