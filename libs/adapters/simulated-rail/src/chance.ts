import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends on nothing but its arguments: the same payment always meets the same fate. */
export function chance(seed: number | string, ...names: readonly string[]): number {
  const digest = createHash('sha256')
    .update([seed, ...names].join('\n'))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
