/** @typedef {{ p50: number, p95: number, p99: number, max: number }} Latencies */

/** @param {readonly number[]} sorted ascending @param {number} i */
const at = (sorted, i) => /** @type {number} */ (sorted[i]);

/**
 * The smallest value that `share` of all values do not exceed (nearest rank): always a value that was measured. 0 of none.
 * @param {readonly number[]} sorted ascending @param {number} share 0 to 1
 */
export const percentile = (sorted, share) =>
  sorted.length === 0 ? 0 : at(sorted, Math.max(0, Math.ceil(share * sorted.length) - 1));

/** @param {readonly number[]} values @returns {Latencies} */
export function latencies(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: percentile(sorted, 1),
  };
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/** Of the least-squares line through the points: y for each x. @param {readonly (readonly [x: number, y: number])[]} points */
export function slope(points) {
  const mean = (/** @type {readonly number[]} */ values) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}

/** Three significant digits; whole numbers from 100 on. @param {number} value */
export const rounded = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
