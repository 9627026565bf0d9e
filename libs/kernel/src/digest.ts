import { createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto';

/** SHA-256, hexadecimal. Of secrets with at least 128 random bits: those of people need a slow hash. */
export const sha256 = (text: string): string => hash('sha256', text);

/** Compares two digests of one algorithm in a time that tells nothing of where they differ. */
export const sameDigest = (one: string, other: string): boolean => sameBytes(Buffer.from(one), Buffer.from(other));

/** The same for digests as bytes. Of how long they are it tells. */
export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

export type HmacKey = KeyObject;

/** For `hmacSha256`, which takes 14 us with the bytes of a key in Node 24, and 2.5 with this. */
export const hmacKey = (bytes: Uint8Array): HmacKey => createSecretKey(bytes);

/** HMAC-SHA256 (RFC 2104) over the parts, one after the other. */
export function hmacSha256(key: HmacKey, parts: readonly (Uint8Array | string)[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}
