import { expiries } from '@ferry/recording';
import { str } from 'envalid';
import { urlOf, whole } from './validators.js';

const MINUTE = 60_000;

export const workerSettings = {
  DATABASE_SWEEPER_URL: urlOf(
    'postgres',
    'postgresql',
  )({
    desc: 'the same database, login `ferry_sweeper`',
    example: 'postgres://ferry_sweeper:secret@localhost:5432/payments',
  }),
  WORKER_PREFETCH: whole(1, 2_000)({ default: 100, desc: 'payments a worker takes at once; 1 is one at a time' }),
  RAIL_TIMEOUT_MS: whole(100, 10 * MINUTE)({ default: 10_000, desc: 'how long a rail may take to answer' }),
  RAIL_CALLS_MAX: whole(
    1,
    2_000,
  )({ default: 50, desc: 'calls one rail may have in flight in a worker; further payments of it are put back' }),
  LEASE_MS: whole(
    1_000,
    60 * MINUTE,
  )({
    default: 30_000,
    desc: 'how long a payment belongs to the worker that took it up; at least twice RAIL_TIMEOUT_MS and 5 s',
  }),
  RETRY_BASE_MS: whole(100, 60 * MINUTE)({ default: 1_000, desc: 'first pause between attempts; doubles each time' }),
  RETRY_MAX_MS: whole(100, 24 * 60 * MINUTE)({ default: 10 * MINUTE, desc: 'longest pause between attempts' }),
  ATTEMPTS_MAX: whole(1, 100)({ default: 5, desc: 'failed attempts before a payment is parked and dead-lettered' }),
  UNKNOWN_ATTENTION_AFTER: whole(
    1,
    100,
  )({ default: 5, desc: 'unknown outcomes before operators are told; asking goes on' }),
  SWEEP_INTERVAL_MS: whole(50, MINUTE)({ default: 250, desc: 'pause between sweeps that found nothing' }),
  SWEEP_BATCH: whole(1, 10_000)({ default: 1_000, desc: 'payments announced by one sweep' }),
  AUDIT_RETENTION_DAYS: whole(
    365,
    36_500,
  )({ default: 2_555, desc: 'how long the audit log is kept; longer when a tenant asks for it' }),
  PARTITION_MONTHS_AHEAD: whole(
    1,
    120,
  )({ default: 3, desc: 'months whose partitions are made before they begin; 12 in production' }),
  PARTITION_RETENTION_MONTHS: whole(
    3,
    1_200,
  )({ default: 12, desc: 'how long a month of recorded payments is kept after its end' }),
  PARTITION_EXPIRY: str({
    choices: expiries,
    default: 'keep',
    desc: 'what becomes of a month of recorded payments after that; `keep` tells of it and does nothing',
  }),
  PARTITION_ARCHIVE_DIR: str({
    default: undefined,
    desc: 'where months are archived',
    example: '/var/lib/ferry/archive',
  }),
  REFERENCE_CACHE_TTL_DAYS: whole(
    1,
    3_650,
  )({ default: 90, desc: 'how long a reference number stays in the table that is asked first' }),
  PARTITION_SPACE_MAX_GB: whole(
    1,
    1_000_000,
  )({
    default: undefined,
    desc: 'disk set aside for recorded payments and their indexes, of which the metrics then tell the used part',
    example: '500',
  }),
  STAGING_BATCH_SIZE: whole(1, 10_000)({ default: 1_000, desc: 'rows of a staging table recorded in one transaction' }),
  STAGING_INTERVAL_SECONDS: whole(
    1,
    86_400,
  )({ default: 30, desc: 'how often staging tables are looked into; at once while there is more' }),
  STAGING_MAX_RETRIES: whole(
    0,
    100,
  )({ default: 3, desc: 'how often a row that cannot be recorded is read again before it is given up' }),
  REJECTED_WEBHOOK_DAYS: whole(
    1,
    3_650,
  )({
    default: 30,
    desc: 'how long the body of a webhook is kept that could not be recorded and does not come again',
  }),
  // Renewed three times in this time, so a slow statement does not cost the lease.
  JOB_LEASE_MS: whole(
    3_000,
    10 * MINUTE,
  )({ default: 20_000, desc: 'how long a scheduled job stays with a process that was killed while it ran it' }),
  RELAY_INTERVAL_MS: whole(10, MINUTE)({ default: 200, desc: 'pause between looks into an empty outbox' }),
  RELAY_BATCH: whole(1, 10_000)({ default: 500, desc: 'events published at once' }),
};
