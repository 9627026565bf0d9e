// The load, a process of its own, one payment a request: `node bench/load/main.mjs OPTIONS`, OPTIONS in JSON, prints one line of JSON.
// Plain sockets and not node:http, whose client would cost about as much CPU as the server that is measured.
import { Connection } from './connection.mjs';
import { closedLoop, openLoop } from './loops.mjs';
import { Record } from './record.mjs';
import { payments, webhooks } from './requests.mjs';
import { Watcher } from './watcher.mjs';

/**
 * @typedef {object} LoadOptions
 * @property {string} url of the payments, or of the webhooks
 * @property {number} connections
 * @property {number} durationMs
 * @property {number} [ratePerSecond] open loop: payments are sent at this rate, whatever the answers do; without it, a closed loop: each
 *   connection sends the next payment when it has the answer to the one before
 * @property {number} [watchEvery] of so many accepted payments, the end of one is waited for by long-poll
 * @property {string} [key] an API key, sent with every payment
 * @property {import('./requests.mjs').WebhookOptions} [webhooks] these instead of payments; a duplicate is then answered with 200
 * @property {number} [windowMs] also tells the latencies of each such stretch of time
 */

/** @type {LoadOptions} */
const options = JSON.parse(process.argv[2] ?? '');
// Unlike any other run's, so that every payment is a new one.
const run = `${Date.now().toString(36)}-${process.pid}`;
const url = new URL(options.url);
const payment = options.webhooks ? webhooks(url, run, options.webhooks) : payments(url, run, options.key);

const watcher = options.watchEvery ? new Watcher(options.url, options.watchEvery) : undefined;
const connections = await Promise.all(Array.from({ length: options.connections }, () => Connection.open(options.url)));
const record = new Record(options.windowMs, options.webhooks?.duplicateShare ? [200, 201] : [201]);
const answered = (/** @type {number} */ status, /** @type {string} */ body, /** @type {number} */ since) => {
  record.add(status, since, performance.now());
  if (status === 201) watcher?.accepted(body, since);
};
await (options.ratePerSecond ? openLoop : closedLoop)(connections, {
  ...options,
  ratePerSecond: options.ratePerSecond ?? 0,
  payment,
  answered,
});
await watcher?.done();
const cpu = process.cpuUsage();
console.log(
  JSON.stringify({ ...record.result(), ended: watcher?.result(), cpuSeconds: (cpu.user + cpu.system) / 1e6 }),
);
// Keep-alive connections would hold us.
process.exit(0);
