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
  #startedAt = performance.now();
  #lastAnswerAt = this.#startedAt;
  #windowMs;

  /** @param {number} [windowMs] */
  constructor(windowMs) {
    this.#windowMs = windowMs;
  }

  /** @param {number} status @param {number} since the client has waited @param {number} now */
  add(status, since, now) {
    this.#lastAnswerAt = now;
    if (status !== 201) {
      this.#refused[status] = (this.#refused[status] ?? 0) + 1;
      return;
    }
    this.#latenciesMs.push(now - since);
    if (this.#windowMs) (this.#windows[Math.floor((now - this.#startedAt) / this.#windowMs)] ??= []).push(now - since);
  }

  result() {
    return {
      /** Answers 201. */
      accepted: this.#latenciesMs.length,
      /** Other answers, by status. */
      refused: this.#refused,
      /** Of the first request, since the epoch. */
      startedAtMs: performance.timeOrigin + this.#startedAt,
      /** From the first request to the last answer. */
      seconds: (this.#lastAnswerAt - this.#startedAt) / 1000,
      /** Of the answers 201. */
      latencyMs: latencies(this.#latenciesMs),
      windows: Array.from(this.#windows, (window) => latencies(window ?? [])),
    };
  }
}
