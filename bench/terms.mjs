import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { apiSettings, engineSettings, readSettings, workerSettings } from '@ferry/wiring';
import { imageNodeOptions } from './processes.mjs';
import { count, ferrySettings } from './settings.mjs';
import { rounded } from './statistics.mjs';

export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch} ${release()}`,
  loadBefore: rounded(loadavg()[0] ?? 0),
  at: new Date().toISOString(),
});

/** Under what conditions the figures are true. @param {import('./measure.mjs').Bench} bench @param {number} rounds */
export async function termsOf({ database, connections, baselineConnections, warmUpMs, durationMs }, rounds) {
  const urls = { DATABASE_URL: 'postgres://unused/', DATABASE_SWEEPER_URL: 'postgres://unused/' };
  /** @type {Record<string, unknown>} */
  const settings = readSettings({ ...engineSettings, ...workerSettings, ...apiSettings }, { ...process.env, ...urls });
  return {
    node: `${process.version} with the images' options: ${imageNodeOptions()}`,
    postgres: await database.terms(),
    load: `another process, ${connections} keep-alive connections, one payment a request, each with an idempotency key`,
    openLoop: 'constant rate; a client waits from the moment that was planned for its request',
    time: `${rounds} rounds in turn, each ${warmUpMs} ms of warm-up and ${durationMs} ms measured, every run in a new database`,
    baselines: `${baselineConnections} connections to PostgreSQL, prepared statements, the same server; Express as it comes`,
    ferry: Object.fromEntries(ferrySettings.map((name) => [name, String(settings[name])])),
    services:
      'queue, events and signals in process; memory and soak: api and worker apart, RabbitMQ where it is installed',
    filled: `${count('BENCH_PAYMENTS')} payments of 21 tenants over 31 days in the tables of million and explain`,
    invariants: 'hold: ferry verify after every run of Ferry, and one row for every 201',
    temporary: tmpdir(),
  };
}
