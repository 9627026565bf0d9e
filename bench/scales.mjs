/** @typedef {readonly [from: number, to: number]} Range */

/** Where a value lies between two places. @param {Range} values @param {Range} places @returns {(value: number) => number} */
export const linear =
  ([low, high], [from, to]) =>
  (value) =>
    from + ((value - low) / (high - low)) * (to - from);

/** The same for values whose ratios count. @param {Range} values above 0 @param {Range} places @returns {(value: number) => number} */
export function logarithmic([low, high], places) {
  const scale = linear([Math.log10(low), Math.log10(high)], places);
  return (value) => scale(Math.log10(value));
}

/** Round numbers from 0 to `greatest`: 1, 2 or 5 times a power of ten apart, at most eight of them. @param {number} greatest */
export function ticksOf(greatest) {
  const power = 10 ** Math.floor(Math.log10(greatest / 7));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => greatest / one <= 7) ?? greatest;
  return Array.from({ length: Math.floor(greatest / step) + 1 }, (_, i) => i * step);
}

/** The same places in the same order, moved as little down as keeps them `gap` apart. @param {readonly number[]} places @param {number} gap */
export function spreadApart(places, gap) {
  const order = places.map((_, i) => i).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const moved = [...places];
  order.slice(1).forEach((i, before) => {
    moved[i] = Math.max(moved[i] ?? 0, (moved[order[before] ?? 0] ?? 0) + gap);
  });
  return moved;
}
