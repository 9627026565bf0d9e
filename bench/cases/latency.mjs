import { verify } from '../database.mjs';
import { expectRows, figures, load, measured } from '../measure.mjs';
import { endedAfter, settled, startFerry, untilSettled } from './settle.mjs';

/** @typedef {import('../measure.mjs').Bench} Bench */

/** Shares of the greatest rate. */
export const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const HALF = 0.5;
/** Figures of every share; the others are told for half the greatest rate only. */
const PICTURED = ['p50 ms', 'p95 ms', 'p99 ms', 'until ended p99 ms'];
/** The end of every tenth payment is waited for by long-poll: more would be a load of another kind. */
const WATCH_EVERY = 10;

/**
 * How long clients wait while payments come at a constant rate, whatever the answers do. The greatest rate is that of this very process,
 * measured right before: payments brought to their end in a closed loop.
 * @param {Bench} bench
 */
export async function latency(bench) {
  const database = await bench.database.createFerry();
  const server = await startFerry(bench, database);
  try {
    const warm = await load(bench, server.url, bench.warmUpMs);
    await untilSettled(bench, database.name);
    await bench.database.checkpoint();
    const greatest = await settled(bench, database.name, server.url);
    /** @type {import('../measure.mjs').Figures} */
    const result = { rate: greatest.rate };
    let accepted = warm.accepted + greatest.accepted;
    for (const share of SHARES) {
      // The aims are judged at half the rate, so that is looked at longest.
      const durationMs = bench.durationMs * (share === HALF ? 2 : 0.5);
      const at = await measured(bench, { node: server.pid }, () =>
        offered(bench, database.name, server.url, greatest.rate * share, durationMs),
      );
      accepted += at.accepted;
      for (const [name, value] of Object.entries(at))
        if (name !== 'accepted' && (share === HALF || PICTURED.includes(name)))
          result[`at ${Math.round(share * 100)} % ${name}`] = value;
    }
    await expectRows(bench, database.name, `payments.payments where status in ('SUCCESS', 'FAILED')`, accepted);
    await verify(database.environment);
    return result;
  } finally {
    await server.stop();
    await bench.database.drop(database.name);
  }
}

/** @param {Bench} bench @param {string} name @param {string} url @param {number} ratePerSecond @param {number} durationMs */
async function offered(bench, name, url, ratePerSecond, durationMs) {
  const loaded = await load(bench, url, durationMs, { ratePerSecond, watchEvery: WATCH_EVERY });
  await untilSettled(bench, name);
  const { rate, ...all } = figures(loaded);
  const { p50 = NaN, p95 = NaN, p99 = NaN } = loaded.ended?.latencyMs ?? {};
  const ended = { 'until ended p50 ms': p50, 'until ended p95 ms': p95, 'until ended p99 ms': p99 };
  return { ...all, 'answered payments/s': rate, ...ended, ...(await endedAfter(bench, name, loaded.accepted)) };
}
