import { once } from 'node:events';
import { connect } from 'node:net';

/** @typedef {(status: number, body: string) => void} Answered */

/**
 * A keep-alive connection that carries one request at a time. The server may close it while it is idle; when it does so before the answer, the
 * process fails: no answer may be missing.
 */
export class Connection {
  #socket;
  #received = '';
  /** @type {Answered | undefined} */
  #answered;
  closed = false;

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => {
      if (this.#answered) throw new Error('the server closed the connection before its answer');
      this.closed = true;
    });
  }

  /** @param {string} url */
  static async open(url) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @param {string} request @param {Answered} answered */
  send(request, answered) {
    this.#answered = answered;
    this.#socket.write(request);
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    // latin1: one character per byte, so that lengths are those of Content-Length.
    this.#received += chunk.toString('latin1');
    const head = this.#received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const end = head + 4 + contentLength(this.#received.slice(0, head));
    if (this.#received.length < end) return;
    const [status, body] = [Number(this.#received.slice(9, 12)), this.#received.slice(head + 4, end)];
    this.#received = '';
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(status, body);
  }
}

/** @param {string} head */
function contentLength(head) {
  const found = /\r\ncontent-length: (\d+)/i.exec(head);
  if (!found) throw new Error(`an answer without Content-Length: ${head}`);
  return Number(found[1]);
}
