import { createRequire } from 'node:module';

interface RequestQueue {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** As in kafkajs: how soon to look again when requests wait for one in flight. */
const pendingCheckMs = 10;

/**
 * kafkajs 2.2.4 re-arms a timer of `throttledUntil - now` for ever, which is negative when nothing is throttled: on Node 24 that is a
 * `TimeoutNegativeWarning` and then a timer of 1 ms per connection, idle or not (tulios/kafkajs #1751; fixes #1755 and #1768 unmerged).
 * Here the timer is armed only while the broker throttles or requests wait. Applied once per process, before the first connection.
 */
export function patchRequestQueue(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue;
  };
  if (prototype.scheduleCheckPendingRequests === schedule) return;
  prototype.scheduleCheckPendingRequests = schedule;
}

function schedule(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId) return;
  let delayMs = this.throttledUntil - Date.now();
  if (delayMs <= 0) {
    if (this.pending.length === 0) return;
    delayMs = pendingCheckMs;
  }
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delayMs);
}
