// The load, a process of its own: keep-alive connections that each send one payment, wait for the answer, and send the next.
// `node load.mjs '{"url":"http://127.0.0.1:8080/api/v1/payments","connections":64,"durationMs":4000}'` prints one line of JSON.
// Plain sockets and not node:http, whose client would cost about as much CPU as the server that is measured.
import { connect } from 'node:net';

/** @typedef {{ url: string, connections: number, durationMs: number }} LoadOptions */
/**
 * @typedef {object} LoadResult
 * @property {number} accepted answers 201
 * @property {Record<string, number>} refused other answers, by status
 * @property {number} startedAtMs of the first request, since the epoch
 * @property {number} seconds from the first request to the last answer
 * @property {{ p50: number, p95: number, p99: number, max: number }} latencyMs of the answers 201
 * @property {number} cpuSeconds of this process
 */

/** @type {LoadOptions} */
const options = JSON.parse(process.argv[2] ?? '');
const { hostname, port, pathname } = new URL(options.url);

// Unlike any other run's, so that every payment is a new one.
const run = `${Date.now().toString(36)}-${process.pid}`;
let sent = 0;

/** The README's payment, with a reference and an idempotency key of its own. */
function payment() {
  const name = `${run}-${(sent += 1)}`;
  const body = `{"amount":100.50,"currency":"USD","reference":"${name}"}`;
  return (
    `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\n` +
    `Idempotency-Key: ${name}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** @type {number[]} */
const latenciesMs = [];
/** @type {Record<string, number>} */
const refused = {};
let lastAnswerAt = 0;

/** Sends payments over one connection until the deadline. Rejects when the server closes it. */
function client(/** @type {number} */ deadline) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let sentAt = 0;
    let received = '';
    const next = () => {
      sentAt = performance.now();
      if (sentAt < deadline) return void socket.write(payment());
      socket.removeAllListeners('close').end();
      resolve(undefined);
    };
    socket.on('connect', next);
    socket.on('data', (chunk) => {
      // latin1: one character per byte, so that lengths are those of Content-Length.
      received += chunk.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head < 0 || received.length < head + 4 + contentLength(received.slice(0, head))) return;
      count(received.slice(9, 12), sentAt);
      received = '';
      next();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
  });
}

function contentLength(/** @type {string} */ head) {
  const found = /\r\ncontent-length: (\d+)/i.exec(head);
  if (!found) throw new Error(`an answer without Content-Length: ${head}`);
  return Number(found[1]);
}

function count(/** @type {string} */ status, /** @type {number} */ sentAt) {
  lastAnswerAt = performance.now();
  if (status === '201') latenciesMs.push(lastAnswerAt - sentAt);
  else refused[status] = (refused[status] ?? 0) + 1;
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: options.connections }, () => client(startedAt + options.durationMs)));

const sorted = Float64Array.from(latenciesMs).sort();
const share = (/** @type {number} */ part) =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
const cpu = process.cpuUsage();
/** @type {LoadResult} */
const result = {
  accepted: sorted.length,
  refused,
  startedAtMs: performance.timeOrigin + startedAt,
  seconds: (lastAnswerAt - startedAt) / 1000,
  latencyMs: { p50: share(0.5), p95: share(0.95), p99: share(0.99), max: share(1) },
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
};
console.log(JSON.stringify(result));
