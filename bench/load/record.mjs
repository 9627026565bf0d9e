import { latencies } from '../statistics.mjs';

/** @typedef {ReturnType<Record['result']>} Recorded */

/** What the answers were, and how long each took. */
export class Record {
  /** @type {number[]} */
  #latenciesMs = [];
  /** @type {number[][]} by the window in which the answer came */
  #windows = [];
  /** @type {{ [status: string]: number }} */
  #refused = {};
  #created = 0;
  #startedAt = performance.now();
  #lastAnswerAt = this.#startedAt;
  #windowMs;

  #expected;

  /** @param {number} [windowMs] @param {readonly number[]} [expected] statuses; others are refusals */
  constructor(windowMs, expected = [201]) {
    this.#windowMs = windowMs;
    this.#expected = expected;
  }

  /** @param {number} status @param {number} since the client has waited @param {number} now */
  add(status, since, now) {
    this.#lastAnswerAt = now;
    if (!this.#expected.includes(status)) {
      this.#refused[status] = (this.#refused[status] ?? 0) + 1;
      return;
    }
    if (status === 201) this.#created += 1;
    this.#latenciesMs.push(now - since);
    if (this.#windowMs) (this.#windows[Math.floor((now - this.#startedAt) / this.#windowMs)] ??= []).push(now - since);
  }

  result() {
    return {
      /** Answers with a status that was expected. */
      accepted: this.#latenciesMs.length,
      /** Answers 201. */
      created: this.#created,
      /** Other answers, by status. */
      refused: this.#refused,
      /** Of the first request, since the epoch. */
      startedAtMs: performance.timeOrigin + this.#startedAt,
      /** From the first request to the last answer. */
      seconds: (this.#lastAnswerAt - this.#startedAt) / 1000,
      /** Of the accepted. */
      latencyMs: latencies(this.#latenciesMs),
      windows: Array.from(this.#windows, (window) => latencies(window ?? [])),
    };
  }
}
