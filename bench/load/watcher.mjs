import { latencies } from '../statistics.mjs';
import { Connection } from './connection.mjs';

/** Seconds that one request waits for the end of a payment. */
const WAIT_SECONDS = 10;
const ENDED = ['SUCCESS', 'FAILED', 'CANCELLED'];

/** Waits for the end of every so many-th payment as a client would: a long-poll at once, on a connection of its own. */
export class Watcher {
  #url;
  #every;
  #seen = 0;
  /** @type {Connection[]} */
  #idle = [];
  /** @type {Promise<void>[]} */
  #watches = [];
  /** @type {number[]} */
  #endedMs = [];

  /** @param {string} url @param {number} every */
  constructor(url, every) {
    this.#url = url;
    this.#every = every;
  }

  /** @param {string} body of the answer 201 @param {number} since the client has waited */
  accepted(body, since) {
    if ((this.#seen += 1) % this.#every === 0) this.#watches.push(this.#watch(body, since));
  }

  /** @param {string} body @param {number} since */
  async #watch(body, since) {
    const { hostname, port, pathname } = new URL(this.#url);
    this.#idle = this.#idle.filter(({ closed }) => !closed);
    const connection = this.#idle.pop() ?? (await Connection.open(this.#url));
    const { id } = JSON.parse(body);
    const request = `GET ${pathname}/${id}?wait=${WAIT_SECONDS} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
    while (!(await ended(connection, request)));
    this.#endedMs.push(performance.now() - since);
    this.#idle.push(connection);
  }

  async done() {
    await Promise.all(this.#watches);
  }

  result() {
    return { watched: this.#endedMs.length, latencyMs: latencies(this.#endedMs) };
  }
}

/** @param {Connection} connection @param {string} request @returns {Promise<boolean>} */
const ended = (connection, request) =>
  new Promise((done) => connection.send(request, (_status, body) => done(ENDED.includes(JSON.parse(body).status))));
