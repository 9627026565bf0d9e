import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256, hexadecimal. Of secrets with at least 128 random bits: those of people need a slow hash. */
export const sha256 = (text: string): string => hash('sha256', text);

/** Compares two digests of one algorithm in a time that tells nothing of where they differ. */
export const sameDigest = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
