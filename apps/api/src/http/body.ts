import { utf8Text } from '@ferry/kernel';
import type { IncomingMessage } from 'node:http';
import { announcesTooMuch, BODY_BYTES_MAX } from './body-bounds.js';
import { refuseCardNumbersIn } from './card-numbers.js';
import { parseJson } from './json.js';
import { Problem } from './problem.js';

const json = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i;

/**
 * The whole body as JSON (numbers as `Digits`). Throws the `Problem` that says why not. `goOn`: called before a client is
 * waited for that sends its body only when told that it is wanted; whoever is refused by its headers alone never is.
 */
export async function readJsonBody(request: IncomingMessage, goOn: () => void): Promise<unknown> {
  const bytes = await readBytesOf(request, json, goOn);
  const text = utf8Text(bytes);
  if (text === undefined) throw new Problem('malformed-json', 'The body is not UTF-8.');
  const body = parseJson(text);
  refuseCardNumbersIn(body, text);
  return body;
}

/** For a body of our own shape that somebody else reads. What is no JSON passes: whoever reads it says so, and keeps nothing of a card number. */
export function refuseCardNumbersInBytes(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return;
  }
  refuseCardNumbersIn(body, text);
}

/** The whole body as it came, of one of these media types. */
export async function readBytesOf(request: IncomingMessage, types: RegExp, goOn: () => void): Promise<Buffer> {
  refuseOtherTypes(request, types);
  if (announcesTooMuch(request)) throw tooLarge();
  if (request.headers.expect !== undefined) goOn();
  return readBytes(request);
}

function refuseOtherTypes({ headers }: IncomingMessage, types: RegExp): void {
  const type = headers['content-type'];
  if (type !== 'application/json' && !types.test(type ?? ''))
    throw new Problem(
      'unsupported-media-type',
      types === json ? 'Content-Type must be application/json.' : 'Content-Type must be that of JSON or of a form.',
    );
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Problem('unsupported-media-type', 'Content-Encoding is not supported.');
}

const tooLarge = (): Problem => new Problem('body-too-large', `The body has more than ${BODY_BYTES_MAX} bytes.`);

/**
 * Not `express.json`: each fault has its own code here, and nothing is decompressed (hence no zip bombs).
 */
function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES_MAX) {
        chunks.length = 0;
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    // `close` also follows the end of every whole body: an error made then, though unheard, would cost 4 µs for its stack.
    const broken = (): void => {
      if (!request.complete) reject(new Problem('incomplete-body', 'The connection broke within the body.'));
    };
    request.on('error', broken);
    request.on('close', broken);
  });
}
