export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

export class BadEncryptionKeys extends Error {
  override readonly name = 'BadEncryptionKeys';
}

const KEY_BYTES = 32;

/**
 * `id:base64` of each key, separated by commas; the first one seals, the others only open. Says what is wrong without repeating
 * any of it, because that would be the key.
 */
export function readKeys(text: string): readonly EncryptionKey[] {
  const keys = text.split(',').map((one) => {
    const match = /^\s*([a-z0-9-]{1,40}):([A-Za-z0-9+/]{43}=)\s*$/.exec(one);
    const bytes = Buffer.from(match?.[2] ?? '', 'base64');
    if (!match || bytes.length !== KEY_BYTES)
      throw new BadEncryptionKeys(`must be id:key, the key ${KEY_BYTES} bytes in base64, several with commas between`);
    return { id: match[1] as string, bytes };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    throw new BadEncryptionKeys('must give each key an id of its own');
  return keys;
}
