import { hmacKey, hmacSha256, parseRfc3339, sameBytes, type HmacKey } from '@ferry/kernel';

export const timestampFormats = ['epoch-seconds', 'epoch-milliseconds', 'rfc3339'] as const;

export interface SignedTimestamp {
  readonly header: string;
  readonly format: (typeof timestampFormats)[number];
  /** In both directions: clocks differ, and what is older may be somebody else's, sent again. */
  readonly toleranceSeconds: number;
}

/** What proves that a body comes from whom the tenant gave a secret. */
export type Signature =
  | {
      readonly scheme: 'hmac-sha256';
      readonly header: string;
      readonly encoding: 'hex' | 'base64';
      /** Stands before the digest in the header, e.g. `sha256=`. */
      readonly prefix: string;
      readonly timestamp?: SignedTimestamp | undefined;
      /** What is signed: `{body}` and, if there is one, `{timestamp}`, with whatever stands around them. */
      readonly signed: string;
    }
  | { readonly scheme: 'standard-webhooks'; readonly toleranceSeconds: number }
  /** Nothing: only a key lets such a channel be used. */
  | { readonly scheme: 'none' };

/** A scheme that proves something. */
type Proof = Exclude<Signature, { readonly scheme: 'none' }>;

export interface SignedRequest {
  /** By its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** As it came, before anything was read in it. */
  readonly body: Uint8Array;
}

export type SignatureVerdict = 'genuine' | 'unsigned' | 'no-secret' | 'untimely' | 'wrong-signature';

/** What is computed where there is no channel or no secret, so that it takes as long. */
const nobodys: Proof = {
  scheme: 'hmac-sha256',
  header: 'x-signature',
  encoding: 'hex',
  prefix: '',
  signed: '{body}',
};
const NO_KEY = hmacKey(Buffer.alloc(32));
/** While a secret takes another's place a sender signs with both. */
const SIGNATURES_MAX = 10;
const DIGEST_BYTES = 32;
/** What is shorter can be guessed, and what is no base64 at all would be a key without bytes. */
export const KEY_BYTES_MIN = 16;

/** What a request says of itself, in the terms of its scheme. */
interface Claim {
  readonly digests: readonly Uint8Array[];
  readonly time?: Date | undefined;
  readonly toleranceSeconds?: number | undefined;
  readonly signed: readonly (Uint8Array | string)[];
}

/** What the secrets of a channel sign with. In Standard Webhooks the key is what stands in base64 behind `whsec_`. */
export function signingKeys({ scheme }: Signature, secrets: readonly string[]): readonly HmacKey[] {
  const bytesOf = (secret: string): Buffer =>
    scheme === 'standard-webhooks' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : Buffer.from(secret);
  return secrets
    .map(bytesOf)
    .filter(({ length }) => length >= KEY_BYTES_MIN)
    .map(hmacKey);
}

/**
 * Whether one of the keys signed the request. Every signature is compared with every key in constant time, and something is computed
 * even if there is nothing to compare, so that how long it takes tells nothing.
 */
export function verifySignature(
  signature: Signature,
  request: SignedRequest,
  keys: readonly HmacKey[],
  now: Date,
): SignatureVerdict {
  const claim = claimOf(signature.scheme === 'none' ? nobodys : signature, request);
  let right = false;
  for (const key of keys.length > 0 ? keys : [NO_KEY]) {
    const digest = hmacSha256(key, claim.signed);
    for (const one of claim.digests) right = sameBytes(one, digest) || right;
  }
  if (signature.scheme === 'none' || claim.digests.length === 0) return 'unsigned';
  if (keys.length === 0) return 'no-secret';
  if (!right) return 'wrong-signature';
  return isTimely(claim, now) ? 'genuine' : 'untimely';
}

const isTimely = ({ time, toleranceSeconds }: Claim, now: Date): boolean =>
  toleranceSeconds === undefined ||
  (time !== undefined && Math.abs(now.getTime() - time.getTime()) <= toleranceSeconds * 1_000);

function claimOf(signature: Proof, request: SignedRequest): Claim {
  return signature.scheme === 'standard-webhooks'
    ? standardClaim(signature.toleranceSeconds, request)
    : hmacClaim(signature, request);
}

function hmacClaim(signature: Extract<Signature, { scheme: 'hmac-sha256' }>, { header, body }: SignedRequest): Claim {
  const { encoding, prefix, timestamp, signed } = signature;
  const given = header(signature.header) ?? '';
  const digest = given.startsWith(prefix) ? decoded(given.slice(prefix.length).trim(), encoding) : undefined;
  const sentAt = timestamp ? (header(timestamp.header) ?? '') : '';
  const [before = '', after = ''] = signed.split('{body}').map((text) => text.replace('{timestamp}', () => sentAt));
  return {
    digests: digest ? [digest] : [],
    time: timestamp && instant(sentAt, timestamp.format),
    toleranceSeconds: timestamp?.toleranceSeconds,
    signed: [before, body, after],
  };
}

/** Standard Webhooks 1.0.0. */
function standardClaim(toleranceSeconds: number, { header, body }: SignedRequest): Claim {
  const [id, sentAt] = [header('webhook-id') ?? '', header('webhook-timestamp') ?? ''];
  const given = (header('webhook-signature') ?? '').split(' ').filter((entry) => entry.startsWith('v1,'));
  const digests = given.slice(0, SIGNATURES_MAX).flatMap((entry) => decoded(entry.slice(3), 'base64') ?? []);
  return {
    digests: id === '' ? [] : digests,
    time: instant(sentAt, 'epoch-seconds'),
    toleranceSeconds,
    signed: [`${id}.${sentAt}.`, body],
  };
}

const digestTexts = { hex: /^[0-9a-f]{64}$/i, base64: /^[A-Za-z0-9+/]{43}=$/ } as const;

/** The digest that a text spells, if it is one: whoever compares relies on its length. */
function decoded(text: string, encoding: 'hex' | 'base64'): Uint8Array | undefined {
  const digest = digestTexts[encoding].test(text) ? Buffer.from(text, encoding) : undefined;
  return digest?.length === DIGEST_BYTES ? digest : undefined;
}

function instant(text: string, format: SignedTimestamp['format']): Date | undefined {
  if (format === 'rfc3339') return parseRfc3339(text);
  if (!/^\d{1,14}$/.test(text)) return undefined;
  return new Date(Number(text) * (format === 'epoch-seconds' ? 1_000 : 1));
}
