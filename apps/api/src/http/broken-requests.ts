import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newTraceparent, systemClock } from '@ferry/kernel';
import type { Answer } from './answer.js';
import { LINGER_MS } from './linger.js';
import { Problem, problemAnswer } from './problem.js';
import { apiHeaders } from './security-headers.js';

/** What node found while reading a request. Whatever is not here is no HTTP. */
const problems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem('headers-too-large', 'Request line and headers have 16 kB at most.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem('request-timeout', 'The request did not come to an end in time.'),
};
const malformed = new Problem('malformed-http', 'This is not HTTP/1.1.');

/** Answers what cannot be read as a request by a problem document too, and closes the connection. */
export function answerBrokenRequests(server: Server): void {
  const given = new WeakSet<Socket>();
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    // What comes after the first mistake is one mistake each.
    if (given.has(socket)) return;
    given.add(socket);
    socket.pause();
    answerInTurn(socket, problems[error.code ?? ''] ?? malformed);
  });
}

/** The response that is being written on a connection. Node's own handler of broken requests looks at the same field. */
const current = (socket: Socket): ServerResponse | null | undefined =>
  (socket as { _httpMessage?: ServerResponse | null })._httpMessage;

/** Good requests that came before on the connection are answered first, or the refusal would be taken for their answer. */
function answerInTurn(socket: Socket, problem: Problem): void {
  if (!socket.writable) return void socket.destroy();
  const response = current(socket);
  if (response?.req.complete) {
    response.once('finish', () => answerInTurn(socket, problem));
    return;
  }
  // Of a request that was answered before it broke there is nothing more to say.
  if (response?.headersSent) return socket.destroySoon();
  socket.end(textOf(problemAnswer(problem, randomUUID(), newTraceparent())));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function textOf({ status, type, body }: Answer): string {
  const headers = {
    ...apiHeaders,
    'X-Correlation-Id': randomUUID(),
    Date: systemClock.now().toUTCString(),
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body.toString()}`;
}
