export interface SealedText {
  /** Which key sealed it, so that keys can be rotated. */
  readonly keyId: string;
  readonly box: string;
}

export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}

/** Encrypts what must be readable again. A key management service can stand behind it, so it answers later and takes many. */
export interface SecretBox {
  /** The key that seals from now on; undefined: there is none, and nothing is sealed. */
  readonly keyId: string | undefined;
  /** `context` is not secret and must be the same when it is opened. */
  seal(items: readonly { readonly text: string; readonly context: string }[]): Promise<readonly SealedText[]>;
  /** Throws `CannotOpen` for a key that it does not have, another context, or an altered box. */
  open(items: readonly { readonly sealed: SealedText; readonly context: string }[]): Promise<readonly string[]>;
}
