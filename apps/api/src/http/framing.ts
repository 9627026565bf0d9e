import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from './problem.js';

/** Browsers send 20, proxies add as many. Node itself would drop those above its 2,000 without a word: an `Authorization`, say. */
export const HEADERS_MAX = 100;

/** Node keeps the first of each and drops the others; a proxy before us may have gone by the last. */
const givenOnce = new Set(['host', 'authorization', 'content-type', 'content-length', 'x-tenant-id']);

/** Connections on which something doubtful has come: what follows may be anybody's. */
const doubted = new WeakSet<Socket>();

/**
 * Refuses what node lets through although a proxy before us may read it in another way, where one request ends and the next
 * begins (RFC 9112 section 6.3), or whose it is. Node has read on by then: what follows on the connection is not done either.
 */
export function refuseDoubtful(request: IncomingMessage): void {
  const { socket } = request;
  const problem = doubted.has(socket) ? malformed('It follows a malformed request.') : faultOf(request);
  if (!problem) return;
  doubted.add(socket);
  throw problem;
}

function faultOf({ headers, rawHeaders, httpVersionMinor }: IncomingMessage): Problem | undefined {
  if (rawHeaders.length > 2 * HEADERS_MAX)
    return new Problem('headers-too-large', `A request has ${HEADERS_MAX} headers at most.`, closing);
  if (headers.host === undefined && httpVersionMinor > 0) return malformed('The header Host is missing.');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersionMinor === 0))
    return malformed('The only Transfer-Encoding is chunked, in HTTP/1.1.');
  if (headers.expect !== undefined && !/^100-continue$/i.test(headers.expect))
    return new Problem('expectation-failed', 'The only expectation is 100-continue.', closing);
  // Names that come twice make fewer names than headers: rare enough to look closer only then.
  return Object.keys(headers).length < rawHeaders.length / 2 ? faultOfRepeated(rawHeaders) : undefined;
}

function faultOfRepeated(rawHeaders: readonly string[]): Problem | undefined {
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    if (seen.has(name) && givenOnce.has(name)) return malformed(`The header ${name} is given twice.`);
    seen.add(name);
  }
  return undefined;
}

const closing = { headers: { Connection: 'close' } };

const malformed = (detail: string): Problem => new Problem('malformed-http', detail, closing);
