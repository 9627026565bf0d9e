import type { Socket } from 'node:net';
import { opened } from './a-server.js';

const PATIENCE_MS = 25_000;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** `code`, if it is a problem document that says so. */
  readonly code: string | undefined;
}

/** Sends these bytes and reads until the server closes the connection. */
export async function exchange(port: number, bytes: string | Buffer): Promise<Answered[]> {
  const socket = await opened(port);
  socket.write(bytes);
  return answersOf(await untilClosed(socket));
}

export function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => {}); // a reset closes, too
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`open after ${PATIENCE_MS} ms, having said: ${text}`)),
      PATIENCE_MS,
    );
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

/** Waits until the server has said this. */
export function said(socket: Socket, wanted: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not said within ${PATIENCE_MS} ms, but: ${text}`)), PATIENCE_MS);
    const hear = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!wanted.test(text)) return;
      clearTimeout(timer);
      socket.off('data', hear);
      resolve(text);
    };
    socket.on('data', hear);
  });
}

/** All answers on one connection, bodies by their `Content-Length`. */
export function answersOf(text: string): Answered[] {
  const answers: Answered[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`no HTTP: ${rest.slice(0, 200)}`);
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      fields.map((field) => [field.split(': ')[0]?.toLowerCase(), field.split(': ')[1]]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    answers.push({ status: Number(line.split(' ')[1]), headers, text: body, code: codeOf(headers, body) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

function codeOf(headers: Readonly<Record<string, string>>, body: string): string | undefined {
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8' || body === '') return undefined;
  return (JSON.parse(body) as { code: string }).code;
}
