/** How long an answer takes. `exponential`: half of the answers within `p50Ms`, a long tail, cut off at `maxMs`. */
export type Latency =
  | { readonly distribution: 'none' }
  | { readonly distribution: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly distribution: 'exponential'; readonly minMs: number; readonly p50Ms: number; readonly maxMs: number };

/** `drawn` is in [0, 1). */
export function latencyMs(latency: Latency, drawn: number): number {
  switch (latency.distribution) {
    case 'none':
      return 0;
    case 'uniform':
      return latency.minMs + drawn * (latency.maxMs - latency.minMs);
    case 'exponential': {
      const { minMs, p50Ms, maxMs } = latency;
      return Math.min(maxMs, minMs - Math.log2(1 - drawn) * (p50Ms - minMs));
    }
  }
}

/** Throws when the numbers make no sense. */
export function checkLatency(latency: Latency): void {
  if (latency.distribution === 'none') return;
  const steps =
    latency.distribution === 'uniform'
      ? [0, latency.minMs, latency.maxMs]
      : [0, latency.minMs, latency.p50Ms, latency.maxMs];
  if (steps.some((step, i) => !Number.isFinite(step) || step < (steps[i - 1] ?? 0)))
    throw new RangeError(`latency is 0 <= minMs <= p50Ms <= maxMs, not ${JSON.stringify(latency)}`);
}
