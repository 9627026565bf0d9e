import type { IncomingMessage, ServerResponse } from 'node:http';

/** For how long, and how many bytes, a body is read on that nobody wants any more. */
export const LINGER_MS = 1_000;
const LINGER_BYTES = 1_048_576;

/**
 * Ends an answer that was given before the whole request had come. Closing while the client still sends would reset the connection,
 * and the client might never see the answer; reading to the end is what an attacker asks for. So: read on for a little
 * while, keep nothing, then close.
 */
export function endGently(request: IncomingMessage, response: ServerResponse): void {
  let left = LINGER_BYTES;
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.on('data', ({ length }: Buffer) => {
    left -= length;
    if (left < 0) end();
  });
  request.once('end', end);
  request.once('close', end);
}
