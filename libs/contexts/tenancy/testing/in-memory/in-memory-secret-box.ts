import { sha256 } from '@ferry/kernel';
import { CannotOpen, type SealedText, type SecretBox } from '../../src/ports/secret-box.js';

const known = ['k1', 'k2'];
const checkOf = (keyId: string, context: string, body: string): string => sha256(`${keyId}\n${context}\n${body}`);
let nonce = 0;

/** Hides nothing from whoever looks at it; keeps the promises that callers can see. */
export class InMemorySecretBox implements SecretBox {
  constructor(readonly keyId = 'k1') {}

  async seal(items: readonly { readonly text: string; readonly context: string }[]): Promise<readonly SealedText[]> {
    await Promise.resolve();
    return items.map(({ text, context }) => {
      const body = Buffer.from(`${(nonce += 1)}:${text}`).toString('hex');
      return {
        keyId: this.keyId,
        box: Buffer.from(`${body}.${checkOf(this.keyId, context, body)}`).toString('base64'),
      };
    });
  }

  async open(items: readonly { readonly sealed: SealedText; readonly context: string }[]): Promise<readonly string[]> {
    await Promise.resolve();
    return items.map(({ sealed: { keyId, box }, context }) => {
      const [body = '', check] = Buffer.from(box, 'base64').toString().split('.');
      if (!known.includes(keyId) || check !== checkOf(keyId, context, body)) throw new CannotOpen(`sealed by ${keyId}`);
      return Buffer.from(body, 'hex').toString().replace(/^\d+:/, '');
    });
  }
}
