import { isUtf8 } from 'node:buffer';

/** The text that the bytes are in UTF-8, or undefined when they are not: nothing is replaced. */
export const utf8Text = (bytes: Uint8Array): string | undefined =>
  isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString() : undefined;
