import type { SealedText, SecretBox } from '@ferry/tenancy';

const refuse = (): Promise<never> =>
  Promise.reject(new Error('no encryption keys were given: secrets cannot be kept or read'));

/** Where there are no keys nothing is sealed; it is never stored as it is instead. */
export class NoKeysSecretBox implements SecretBox {
  readonly keyId = undefined;

  seal(): Promise<readonly SealedText[]> {
    return refuse();
  }

  open(items: readonly unknown[]): Promise<readonly string[]> {
    return items.length === 0 ? Promise.resolve([]) : refuse();
  }
}
