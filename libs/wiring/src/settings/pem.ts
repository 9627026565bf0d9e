import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { makeExactValidator } from 'envalid';

/** A file with one or more certificates (PEM); the value is its text. Certificates of authorities change seldom: a new one needs a restart. */
export const authorityFile = makeExactValidator<string>((file) => {
  const text = readable(file);
  certificate(text, file);
  return text;
});

/** A file that can be read; the value is its name, because a certificate is renewed while the process runs. */
export const existingFile = makeExactValidator<string>((file) => {
  readable(file);
  return file;
});

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file} (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

function certificate(text: string, file: string): void {
  try {
    void new X509Certificate(text);
  } catch (error) {
    throw new Error(`${file} holds no certificate (PEM)`, { cause: error });
  }
}
