import { createReadStream } from 'node:fs';
import { Refused } from './with-engine.js';

/** A configuration and a secret are much smaller. */
const BYTES_MAX = 65_536;

/** The text of a file; `-` is standard input, so that a secret stands in no file and in no list of processes. */
export async function readInput(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      chunks.push(chunk as Buffer);
      if ((size += (chunk as Buffer).length) > BYTES_MAX) break;
    }
  } catch (error) {
    throw new Refused(`cannot read ${file} (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
  if (size > BYTES_MAX) throw new Refused(`${file} has more than ${BYTES_MAX} bytes`);
  return Buffer.concat(chunks).toString('utf8');
}
