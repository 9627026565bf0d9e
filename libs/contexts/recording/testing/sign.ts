import { hmacKey, hmacSha256 } from '@ferry/kernel';
import type { Signature } from '../src/domain/channel/signature.js';

/** Of at least 16 bytes, as text and behind `whsec_` alike. */
export const A_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const spelt = (at: Date, format: string): string => {
  if (format === 'rfc3339') return at.toISOString();
  return String(format === 'epoch-seconds' ? Math.floor(at.getTime() / 1_000) : at.getTime());
};

/** The headers by which an outside system proves a body. */
export function signedHeaders(
  signature: Signature,
  body: string,
  secret: string,
  at: Date,
): Readonly<Record<string, string>> {
  if (signature.scheme === 'none') return {};
  if (signature.scheme === 'standard-webhooks') {
    const time = spelt(at, 'epoch-seconds');
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const digest = hmacSha256(hmacKey(key), [`msg_1.${time}.${body}`]).toString('base64');
    return { 'webhook-id': 'msg_1', 'webhook-timestamp': time, 'webhook-signature': `v1,${digest}` };
  }
  const { header, encoding, prefix, timestamp, signed } = signature;
  const time = timestamp ? spelt(at, timestamp.format) : '';
  const content = signed.replace('{timestamp}', time).replace('{body}', () => body);
  return {
    [header]: prefix + hmacSha256(hmacKey(Buffer.from(secret)), [content]).toString(encoding),
    ...(timestamp && { [timestamp.header]: time }),
  };
}
