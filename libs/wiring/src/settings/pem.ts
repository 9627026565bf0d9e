import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { makeExactValidator } from 'envalid';

/** A file with one or more certificates (PEM); the value is its text. Certificates of authorities change seldom: a new one needs a restart. */
export const authorityFile = makeExactValidator<string>(readAuthority);

/** A file that can be read; the value is its name, because a certificate is renewed while the process runs. */
export const existingFile = makeExactValidator<string>((file) => {
  readable(file);
  return file;
});

/** Throws when the file cannot be read or holds no certificate. */
export function readAuthority(file: string): string {
  const text = readable(file);
  try {
    void new X509Certificate(text);
  } catch (error) {
    throw new Error('holds no certificate (PEM)', { cause: error });
  }
  return text;
}

/** Why no server could speak TLS with these two (PEM); undefined when one could. */
export function keyPairProblem(cert: string | Buffer, key: string | Buffer): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    // OpenSSL's own words, without the numbers around them.
    const { reason, message } = error as Error & { reason?: string };
    return reason ?? message;
  }
}

/** The value is not repeated: somebody may have given the key itself instead of the file that it is in. */
function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`is no file that can be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}
