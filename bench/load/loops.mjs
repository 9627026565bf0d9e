/**
 * @typedef {import('./connection.mjs').Connection} Connection
 * @typedef {object} Loop
 * @property {number} durationMs
 * @property {number} ratePerSecond of the open loop
 * @property {() => string} payment the next request
 * @property {(status: number, body: string, since: number) => void} answered with the time from which the client has waited
 */

/** As fast as the answers come: what the server can do. @param {readonly Connection[]} connections @param {Loop} loop */
export async function closedLoop(connections, { durationMs, payment, answered }) {
  const deadline = performance.now() + durationMs;
  /** @param {Connection} connection @returns {Promise<void>} */
  const client = (connection) =>
    new Promise((done) => {
      const next = () => {
        const sentAt = performance.now();
        if (sentAt >= deadline) return done();
        connection.send(payment(), (status, body) => {
          answered(status, body, sentAt);
          next();
        });
      };
      next();
    });
  await Promise.all(connections.map(client));
}

/** Beyond this nothing is measured any more but the queue before the server. */
const LATE_MAX_MS = 60_000;

/**
 * Payments at a constant rate, whatever the answers do. The client waits from the moment that was planned: while the server pauses, all that
 * should have been sent meanwhile waits too, and its waiting counts (no coordinated omission). So does waiting for an idle connection.
 * @param {readonly Connection[]} connections @param {Loop} loop
 * @returns {Promise<void>}
 */
export function openLoop(connections, { durationMs, ratePerSecond, payment, answered }) {
  const idle = [...connections];
  const total = Math.max(1, Math.round((durationMs / 1000) * ratePerSecond));
  const start = performance.now();
  const planned = (/** @type {number} */ n) => start + (n * 1000) / ratePerSecond;
  let sent = 0;
  let answers = 0;
  return new Promise((done, fail) => {
    const sendDue = () => {
      for (let now = performance.now(); sent < total && idle.length > 0 && planned(sent) <= now; sent += 1) {
        // The one that was idle for longest, so that none is so long idle that the server closes it.
        const [connection, since] = [/** @type {Connection} */ (idle.shift()), planned(sent)];
        connection.send(payment(), (status, body) => {
          idle.push(connection);
          answers += 1;
          answered(status, body, since);
          if (answers === total) done();
          else sendDue();
        });
      }
    };
    const tick = () => {
      sendDue();
      const now = performance.now();
      if (now > start + durationMs + LATE_MAX_MS)
        return fail(new Error(`${total - answers} payments of ${total} wait`));
      if (sent < total) setTimeout(tick, Math.max(0, planned(sent) - now));
    };
    tick();
  });
}
