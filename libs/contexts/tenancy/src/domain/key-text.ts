import { randomBytes, sha256 } from '@ferry/kernel';
import type { TenantMode } from './tenant.js';

/** What a client presents: `fk_live_` or `fk_test_`, a public part that may be shown and logged, and the secret. */
export interface KeyText {
  /** `fk_live_7h3kq9x2m4pt`: names the key, and proves nothing. */
  readonly prefix: string;
  readonly secret: string;
  readonly mode: TenantMode;
}

/** Crockford's base 32: no letters that look like digits, one case, and a double click selects all of it. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** 60 bits: names collide once in some 10^9 keys, and then the database says so; they cannot be walked through. */
const PUBLIC_LENGTH = 12;
/** 260 bits. */
const SECRET_LENGTH = 52;
const shape = new RegExp(`^(fk_(live|test)_[${alphabet}]{${PUBLIC_LENGTH}})_([${alphabet}]{${SECRET_LENGTH}})$`);

/** 256 is a multiple of 32, so every letter is as likely as any other. */
const randomText = (length: number): string =>
  Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');

export const newKeyText = (mode: TenantMode): KeyText => ({
  prefix: `fk_${mode}_${randomText(PUBLIC_LENGTH)}`,
  secret: randomText(SECRET_LENGTH),
  mode,
});

/** What the client is shown, once. */
export const formatKeyText = ({ prefix, secret }: KeyText): string => `${prefix}_${secret}`;

/** Undefined for whatever cannot be a key of ours, which then costs no look-up. */
export function parseKeyText(text: string): KeyText | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, prefix, mode, secret] = match as unknown as [string, string, TenantMode, string];
  return { prefix, secret, mode };
}

/** All that is kept of a secret. */
export const hashOfSecret = (secret: string): string => sha256(secret);
