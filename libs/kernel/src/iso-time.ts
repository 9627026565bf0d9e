let lastMs = Number.NaN;
let lastText = '';

/**
 * `toISOString`, remembered for the last instant: it takes 0.55 µs, and the times of one batch are mostly the same millisecond, eight of them
 * for each payment that is accepted.
 */
export function isoTime(time: Date): string {
  const ms = time.getTime();
  if (ms !== lastMs) {
    lastText = time.toISOString();
    lastMs = ms;
  }
  return lastText;
}
