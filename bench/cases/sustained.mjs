import { residentMb } from '../cpu.mjs';
import { verify } from '../database.mjs';
import { expectRows, figures, load, measured } from '../measure.mjs';
import { count } from '../settings.mjs';
import { median, slope } from '../statistics.mjs';
import { startPair } from './pair.mjs';
import { settled, untilSettled } from './settle.mjs';
import { tablesNow } from './tables.mjs';

/**
 * @typedef {import('../measure.mjs').Bench} Bench
 * @typedef {import('../measure.mjs').Figures} Figures
 * @typedef {{ hours: number } & Record<string, number>} Sample hours since the load began
 */

/** A third of the time is warm-up: what V8 compiles, what pools and caches fill. */
const WARM_SHARE = 1 / 3;
/** Samples in a run, however long it is. */
const SAMPLES = 60;
const MS_PER_HOUR = 3_600_000;

/** @param {Bench} bench */
export const memory = (bench) =>
  atHalfRate(bench, count('BENCH_MEMORY_MINUTES'), false, async ({ pids }) => residentOf(pids)).then(
    ({ result, samples, names }) => ({ ...result, ...resident(samples, names) }),
  );

/** @param {Record<string, number>} pids */
const residentOf = (pids) =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [`${name} resident`, residentMb(pid)]));

/** @param {readonly Sample[]} samples @param {readonly string[]} names @returns {Figures} */
const resident = (samples, names) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`${name} resident MB`, Math.max(...samples.map((sample) => sample[`${name} resident`] ?? NaN))],
      [`${name} resident slope MB/h`, slopeOf(settledDown(samples), `${name} resident`)],
    ]),
  );

/** @param {Bench} bench */
export const soak = (bench) =>
  atHalfRate(bench, count('BENCH_SOAK_MINUTES'), true, async ({ pids, inspectors, database }) => ({
    // Before the heap, whose measurement begins with a collection.
    ...residentOf(pids),
    ...Object.fromEntries(
      await Promise.all(
        Object.entries(inspectors).map(async ([name, one]) => [`${name} heap`, (await one.heapInUse()) / 2 ** 20]),
      ),
    ),
    ...(await tablesNow(bench.database, database.name)),
  })).then(({ result, samples, windows, names }) => {
    const later = settledDown(samples);
    for (const name of names) result[`${name} heap slope MB/h`] = slopeOf(later, `${name} heap`);
    for (const name of names) result[`${name} heap MB`] = median(later.map((sample) => sample[`${name} heap`] ?? NaN));
    return { ...result, ...resident(samples, names), ...growth(later), ...drift(windows) };
  });

/**
 * Api and worker apart, at half of the rate that they bring to an end when asked for as much as they can; looked at all the while.
 * @param {Bench} bench @param {number} minutes @param {boolean} inspect
 * @param {(running: import('./pair.mjs').Pair & { database: import('../database.mjs').FerryDatabase }) => Promise<Record<string, number>>} look
 */
async function atHalfRate(bench, minutes, inspect, look) {
  const database = await bench.database.createFerry();
  const pair = await startPair(bench, database, inspect);
  try {
    const warm = await load(bench, pair.url, bench.warmUpMs);
    await untilSettled(bench, database.name);
    const greatest = await settled(bench, database.name, pair.url);
    const durationMs = minutes * 60_000;
    const half = measured(bench, pair.pids, async () => {
      const loaded = await load(bench, pair.url, durationMs, {
        ratePerSecond: greatest.rate / 2,
        windowMs: durationMs / SAMPLES,
      });
      return { ...figures(loaded), windows: loaded.windows };
    });
    const samples = await sampled(durationMs, () => look({ ...pair, database }), half);
    const { windows, ...rest } = await half;
    await untilSettled(bench, database.name);
    await expectRows(bench, database.name, 'payments.payments', warm.accepted + greatest.accepted + rest.accepted);
    await verify(database.environment);
    const result = /** @type {Figures} */ ({ ...rest, 'greatest payments/s': greatest.rate });
    return { result, samples, windows, names: Object.keys(pair.pids) };
  } finally {
    await pair.stop();
    await bench.database.drop(database.name);
  }
}

/**
 * @param {number} durationMs @param {() => Promise<Record<string, number>>} look @param {Promise<unknown>} whole which ends it
 * @returns {Promise<Sample[]>}
 */
async function sampled(durationMs, look, whole) {
  /** @type {Sample[]} */
  const samples = [];
  const start = performance.now();
  let running = true;
  const ended = whole.finally(() => (running = false));
  while (running) {
    const pause = new Promise((done) => setTimeout(done, durationMs / SAMPLES).unref());
    await Promise.race([ended, pause]);
    if (running) samples.push({ hours: (performance.now() - start) / MS_PER_HOUR, ...(await look()) });
  }
  return samples;
}

/** @param {readonly Sample[]} samples */
const settledDown = (samples) => samples.slice(Math.ceil(samples.length * WARM_SHARE));

/** @param {readonly Sample[]} samples @param {string} name */
const slopeOf = (samples, name) => slope(samples.map((sample) => [sample.hours, sample[name] ?? NaN]));

/** What a payment adds to its tables, in the first and in the second half; and what should not grow at all. @param {readonly Sample[]} samples @returns {Figures} */
function growth(samples) {
  const middle = samples.length >> 1;
  const each = (/** @type {Sample | undefined} */ from, /** @type {Sample | undefined} */ to) =>
    ((to?.bytes ?? NaN) - (from?.bytes ?? NaN)) / ((to?.payments ?? NaN) - (from?.payments ?? NaN));
  const most = (/** @type {string} */ name) => Math.max(...samples.map((sample) => sample[name] ?? NaN));
  return {
    'growth early B/payment': each(samples[0], samples[middle]),
    'growth late B/payment': each(samples[middle], samples.at(-1)),
    'outbox at most MB': most('outbox') / 2 ** 20,
    'leases at most MB': most('leases') / 2 ** 20,
    'dead rows at most per live': most('deadShare'),
  };
}

/** The usual p99 of a stretch, in the first quarter after the warm-up and in the last. @param {readonly { p99: number }[]} windows @returns {Figures} */
function drift(windows) {
  const later = windows.slice(Math.ceil(windows.length * WARM_SHARE)).map(({ p99 }) => p99);
  const quarter = Math.ceil(later.length / 4);
  return { 'p99 early ms': median(later.slice(0, quarter)), 'p99 late ms': median(later.slice(-quarter)) };
}
