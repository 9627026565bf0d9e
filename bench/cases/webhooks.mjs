import { call } from '../call.mjs';
import {
  CHANNEL,
  expectRows,
  ferryEnvironment,
  figures,
  load,
  logOf,
  meanBatch,
  measured,
  until,
} from '../measure.mjs';
import { programs, startServer } from '../processes.mjs';
import { count } from '../settings.mjs';
import { inOwn } from './accept.mjs';
import { startFerry } from './settle.mjs';

/**
 * @typedef {import('../measure.mjs').Bench} Bench
 * @typedef {import('../measure.mjs').Figures} Figures
 * @typedef {import('../database.mjs').FerryDatabase} FerryDatabase
 */

const SECRET = 'a secret of the bank, long enough';
const SIGNATURE = 'X-Bank-Signature';
/** A bank that posts each payment as flat JSON, signed. */
const definition = {
  fields: {
    reference_number: { pointer: '/transactionRef' },
    loan_account_number: { pointer: '/accountNo' },
    cif: { pointer: '/customerNo' },
    amount: { pointer: '/amount' },
    currency: { pointer: '/currency' },
    payment_date: { pointer: '/postedAt', format: 'rfc3339' },
    metadata: { members: { branch: { pointer: '/branch' } } },
  },
  signature: { scheme: 'hmac-sha256', header: SIGNATURE, encoding: 'hex' },
};
const signed = { tenant: 'default', secret: SECRET, header: SIGNATURE };
const encryption = { FERRY_ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 'bench').toString('base64')}` };

const HELD_PER_SECOND = 1_000;
const DUPLICATE_SHARE = 0.9;

/** @param {Bench} bench */
export const webhooks = (bench) => inOwn(bench, (database) => recordOn(bench, database, signed));

/** @param {Bench} bench */
export const webhooksHeld = (bench) => inOwn(bench, (database) => heldOn(bench, database));

/** @param {Bench} bench */
export const webhooksDuplicates = (bench) =>
  inOwn(bench, (database) => recordOn(bench, database, { ...signed, duplicateShare: DUPLICATE_SHARE }));

/**
 * The greatest rate of the api alone, as in `accept`: events wait.
 * @param {Bench} bench @param {FerryDatabase} database @param {import('../load/requests.mjs').WebhookOptions} options
 */
async function recordOn(bench, { name, environment: { DATABASE_URL } }, options) {
  const environment = { ...ferryEnvironment(), ...encryption, DATABASE_URL };
  const server = await startServer(programs.api, [], environment, logOf(bench, 'webhooks'));
  try {
    await declareChannel(server.url);
    const warm = await load(bench, server.url, bench.warmUpMs, { webhooks: options });
    await bench.database.checkpoint();
    const { created, ...result } = await measured(bench, { node: server.pid }, () =>
      recorded(bench, server.url, bench.durationMs, { webhooks: options }),
    );
    for (const table of ['recording.payments', 'recording.payment_references', 'messaging.outbox'])
      await expectRows(bench, name, table, warm.created + created);
    return { ...result, 'mean batch payments': meanBatch(await server.metrics(), 'record') };
  } finally {
    await server.stop();
  }
}

/** A constant rate of `ferry start`, which publishes the events meanwhile. @param {Bench} bench @param {FerryDatabase} database @returns {Promise<Figures>} */
async function heldOn(bench, database) {
  const { name, environment } = database;
  const server = await startFerry(bench, { name, environment: { ...environment, ...encryption } });
  try {
    await declareChannel(server.url);
    const warm = await load(bench, server.url, bench.warmUpMs, { webhooks: signed });
    await bench.database.checkpoint();
    const held = await measured(bench, { node: server.pid }, () =>
      recorded(bench, server.url, count('BENCH_WEBHOOK_SECONDS') * 1_000, {
        webhooks: signed,
        ratePerSecond: HELD_PER_SECOND,
      }),
    );
    await until(bench, name, 'select not exists (select from messaging.outbox) as done');
    await expectRows(bench, name, 'recording.payments', warm.created + held.created);
    const { created: _created, ...result } = held;
    return result;
  } finally {
    await server.stop();
  }
}

/** @param {string} url */
async function declareChannel(url) {
  await call(url, 'POST', '/api/v1/secrets', { name: `webhook/${CHANNEL}`, value: SECRET });
  await call(url, 'PUT', `/api/v1/channels/${CHANNEL}`, { version: 0, definition });
}

/** @param {Bench} bench @param {string} url @param {number} durationMs @param {Parameters<typeof load>[3]} options */
async function recorded(bench, url, durationMs, options) {
  const loaded = await load(bench, url, durationMs, options);
  return { ...figures(loaded), created: loaded.created };
}
