interface Spelling {
  readonly ms: number;
  readonly text: string;
}

let last: Spelling = { ms: Number.NaN, text: '' };
let other = last;

/**
 * `toISOString`, remembered for the last two instants: it takes 0.55 µs, and the times of one batch are mostly the same millisecond, eight of them
 * for each payment that is accepted. Two, because a recorded payment has a day of its own beside the moment of the batch.
 */
export function isoTime(time: Date): string {
  const ms = time.getTime();
  if (ms === last.ms) return last.text;
  const found = ms === other.ms ? other : { ms, text: time.toISOString() };
  other = last;
  last = found;
  return found.text;
}
