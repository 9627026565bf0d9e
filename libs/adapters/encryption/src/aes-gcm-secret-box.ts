import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CannotOpen, type SealedText, type SecretBox } from '@ferry/tenancy';
import type { EncryptionKey } from './read-keys.js';

const ALGORITHM = 'aes-256-gcm';
/** NIST SP 800-38D: 96 random bits are safe for 2^32 texts under one key; secrets of tenants are some thousands. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with keys that this process holds. A box is nonce, text and tag, in base64. */
export class AesGcmSecretBox implements SecretBox {
  readonly keyId: string;
  private readonly sealing: EncryptionKey;
  private readonly keys: ReadonlyMap<string, EncryptionKey>;

  /** The first key seals. */
  constructor(keys: readonly EncryptionKey[]) {
    const [sealing] = keys;
    if (!sealing) throw new Error('a secret box has a key');
    this.sealing = sealing;
    this.keyId = sealing.id;
    this.keys = new Map(keys.map((key) => [key.id, key]));
  }

  async seal(items: readonly { readonly text: string; readonly context: string }[]): Promise<readonly SealedText[]> {
    await Promise.resolve();
    return items.map(({ text, context }) => ({ keyId: this.keyId, box: sealOne(this.sealing, text, context) }));
  }

  async open(items: readonly { readonly sealed: SealedText; readonly context: string }[]): Promise<readonly string[]> {
    await Promise.resolve();
    return items.map(({ sealed, context }) => {
      const key = this.keys.get(sealed.keyId);
      if (!key) throw new CannotOpen(`sealed with the key ${sealed.keyId}, which this process was not given`);
      return openOne(key, sealed.box, context);
    });
  }
}

function sealOne(key: EncryptionKey, text: string, context: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64');
}

function openOne(key: EncryptionKey, box: string, context: string): string {
  const bytes = Buffer.from(box, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new CannotOpen('too short');
  const decipher = createDecipheriv(ALGORITHM, key.bytes, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch (error) {
    throw new CannotOpen('altered, of another row, or sealed with another key of this id', { cause: error });
  }
}
