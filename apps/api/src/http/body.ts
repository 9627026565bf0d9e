import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { refuseCardNumbersIn } from './card-numbers.js';
import { parseJson } from './json.js';
import { Problem } from './problem.js';

/** 64 kB: sixteen times what a payment with full metadata needs, and little enough to hold thousands at once. */
export const BODY_BYTES_MAX = 65_536;

const json = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i;

/** True if the request announces a body, be it empty chunks. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** The whole body as JSON (numbers as `Digits`). Throws the `Problem` that says why not. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  refuseOtherTypes(request);
  const bytes = await readBytes(request);
  if (!isUtf8(bytes)) throw new Problem('malformed-json', 'The body is not UTF-8.');
  const text = bytes.toString('utf8');
  const body = parseJson(text);
  refuseCardNumbersIn(body, text);
  return body;
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type !== 'application/json' && !json.test(type ?? ''))
    throw new Problem('unsupported-media-type', 'Content-Type must be application/json.');
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Problem('unsupported-media-type', 'Content-Encoding is not supported.');
}

const tooLarge = (): Problem => new Problem('body-too-large', `The body has more than ${BODY_BYTES_MAX} bytes.`);

/**
 * Not `express.json`: each fault has its own code here, and nothing is decompressed (hence no zip bombs).
 * What comes after a refusal is read and dropped by node, so that the client can read the answer; `requestTimeout` ends it.
 */
function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > BODY_BYTES_MAX) return reject(tooLarge());
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
