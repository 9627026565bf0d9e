import type { IncomingMessage } from 'node:http';

/** 64 kB: sixteen times what a payment with full metadata needs, and little enough to hold thousands at once. */
export const BODY_BYTES_MAX = 65_536;

/** True if the request announces a body, be it empty chunks. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

export const announcesTooMuch = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length']) > BODY_BYTES_MAX;

/**
 * True while a body is on its way of which more may come than is read in passing: the connection then ends with the answer.
 * Of smaller ones node reads the rest, so that a client that is refused can go on with its connection.
 */
export const hasLongBodyToCome = (request: IncomingMessage): boolean =>
  !request.complete && (request.headers['transfer-encoding'] !== undefined || announcesTooMuch(request));
