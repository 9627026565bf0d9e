import { gzipSync } from 'node:zlib';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { BODY_BYTES_MAX } from '../src/http/body-bounds.js';
import { HEADERS_MAX } from '../src/http/framing.js';
import { PIPELINED_MAX } from '../src/http/in-flight.js';
import { aServer, closeServers, opened } from './a-server.js';
import { answersOf, exchange, said, untilClosed } from './raw-http.js';

afterEach(closeServers);

const quick = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 };
const live = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (headers: readonly string[], body = ''): string =>
  ['POST /api/v1/payments HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers, '', body].join('\r\n');
const good = '{"amount":1,"currency":"EUR","reference":"a"}';
const length = `Content-Length: ${good.length}`;
const closing = 'Connection: close';

/** Sends one byte after the other, for as long as the connection is there. */
function dribble(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('slow clients', () => {
  test.each([
    ['headers that never end', 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ', 'b'],
    ['a request line that never ends', 'GET /', 'a'],
    ['a body that never ends', post(['Content-Length: 60000']), ' '],
    ['chunks that never end', post(['Transfer-Encoding: chunked']), '1\r\n \r\n'],
  ])('%s are told so, and closed', async (_name, start, more) => {
    const { port, repository } = await aServer({}, quick);
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.write(start);
    dribble(socket, more);
    const [answer] = answersOf(await text);
    expect([answer?.status, answer?.code, answer?.headers['connection']]).toEqual([408, 'request-timeout', 'close']);
    expect(repository.events).toEqual([]);
  });

  test('who says nothing at all is closed', async () => {
    const { port } = await aServer({}, quick);
    const socket = await opened(port);
    await untilClosed(socket);
  });
});

describe('headers', () => {
  const many = (count: number): string =>
    `GET /health/live HTTP/1.1\r\nHost: x\r\n${closing}\r\n${'A: b\r\n'.repeat(count - 2)}\r\n`;

  test('as many as there may be', async () => {
    const { port } = await aServer();
    expect((await exchange(port, many(HEADERS_MAX))).map(({ status }) => status)).toEqual([200]);
  });

  test.each([
    ['one too many', many(HEADERS_MAX + 1)],
    ['thousands, in which node would lose some', many(2_500)],
    ['17 kB of them', `GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`],
    ['17 kB of a path', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])('%s are 431', async (_name, bytes) => {
    const { port } = await aServer();
    const answers = await exchange(port, bytes);
    expect(answers.map(({ status, code }) => [status, code])).toEqual([[431, 'headers-too-large']]);
  });
});

describe('bodies', () => {
  const tooLarge = [413, 'body-too-large', 'close'];

  test('announced as too large: refused before a byte of it', async () => {
    const { port } = await aServer();
    const [answer] = await exchange(port, post([`Content-Length: ${BODY_BYTES_MAX + 1}`]));
    expect([answer?.status, answer?.code, answer?.headers['connection']]).toEqual(tooLarge);
  });

  test.each([
    ['announced', 'Content-Length: 10000000000', Buffer.alloc(65_536, ' ')],
    ['in chunks', 'Transfer-Encoding: chunked', Buffer.from(`10000\r\n${' '.repeat(65_536)}\r\n`)],
  ])('endless, %s: refused, soon closed, and not kept', async (_name, header, piece) => {
    const { port } = await aServer();
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.write(post([header]));
    const before = process.memoryUsage().rss;
    const flood = setInterval(() => socket.writable && socket.writableLength < 1_000_000 && socket.write(piece), 1);
    const [answer] = answersOf(await text);
    clearInterval(flood);
    expect([answer?.status, answer?.code, answer?.headers['connection']]).toEqual(tooLarge);
    // What one connection may cost at most: some buffers, here of both ends.
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1_048_576);
  });

  test('a gzip bomb is not unpacked', async () => {
    const { port } = await aServer();
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const head = post(['Content-Encoding: gzip', `Content-Length: ${bomb.length}`, closing]);
    const [answer] = await exchange(port, Buffer.concat([Buffer.from(head), bomb]));
    expect([answer?.status, answer?.code]).toEqual([415, 'unsupported-media-type']);
  });

  test('refused while a small one is on its way: the connection can be used again', async () => {
    const { port } = await aServer();
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.write(`${post(['Content-Type: text/plain', length]).replace('Content-Type: application/json\r\n', '')}`);
    await said(socket, /unsupported-media-type/);
    socket.write(`${good}GET /health/live HTTP/1.1\r\nHost: x\r\n${closing}\r\n\r\n`);
    expect(answersOf(await text).map(({ status }) => status)).toEqual([415, 200]);
  });
});

describe('Expect: 100-continue', () => {
  const expecting = (more: readonly string[]): string => post(['Expect: 100-continue', ...more, closing]);

  test('the body is asked for when all else is well', async () => {
    const { port, repository } = await aServer();
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.write(expecting([length]));
    await said(socket, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    socket.write(good);
    expect(await text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
    expect(repository.events).toHaveLength(1);
  });

  test.each([
    ['too large', expecting(['Content-Length: 70000']), 413],
    ['compressed', expecting(['Content-Encoding: gzip', length]), 415],
    ['another path', expecting([length]).replace('/api/v1/payments', '/nothing'), 404],
  ])('not for what is refused by its headers: %s', async (_name, bytes, status) => {
    const { port } = await aServer();
    // The body was never asked for, so the connection must end: nobody knows what comes next on it.
    expect((await exchange(port, bytes.replace(closing, 'X: y'))).map((answer) => answer.status)).toEqual([status]);
  });

  test('HTTP/1.0 gets no interim answer', async () => {
    const { port } = await aServer();
    const bytes = `${expecting([length])}${good}`.replace('HTTP/1.1', 'HTTP/1.0');
    expect((await exchange(port, bytes)).map(({ status }) => status)).toEqual([201]);
  });
});

describe('pipelining', () => {
  test('is answered in order', async () => {
    const { port } = await aServer();
    const create = (i: number): string => post([length], good.replace('"a"', `"${i}"`));
    const last = live.replace('\r\n\r\n', `\r\n${closing}\r\n\r\n`);
    const requests = Array.from({ length: 9 }, (_, i) => create(i));
    const answers = await exchange(port, [...requests, last].join(''));
    expect(answers.map(({ status }) => status)).toEqual([...requests.map(() => 201), 200]);
    const references = answers.slice(0, 9).map(({ text }) => (JSON.parse(text) as { reference: string }).reference);
    expect(references).toEqual(requests.map((_, i) => String(i)));
  });

  test('what follows on a broken request is answered after those before it', async () => {
    let release = (): void => {};
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const { port } = await aServer({ health: async () => (await waiting, { ready: true, checks: {} }) });
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.write(`${live.replace('/live', '/ready')}nonsense\r\n\r\n${live}`);
    setImmediate(release);
    expect(answersOf(await text).map(({ status, code }) => [status, code])).toEqual([
      [200, undefined],
      [400, 'malformed-http'],
    ]);
  });

  test('more than may wait on one connection are refused, and the others are answered', async () => {
    let asked = 0;
    let release = (): void => {};
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const health = async () => {
      asked += 1;
      await waiting;
      return { ready: true, checks: {} };
    };
    const { port } = await aServer({ health });
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.write(live.replace('/live', '/ready').repeat(PIPELINED_MAX * 3));
    await eventually('all that may wait do', () => asked === PIPELINED_MAX);
    release();
    const statuses = answersOf(await text).map(({ status, code }) => code ?? status);
    expect(statuses).toEqual([...Array<number>(PIPELINED_MAX).fill(200), 'rate-limited']);
    expect(asked).toBe(PIPELINED_MAX);
  });
});

describe('connections', () => {
  test('a client that has said all and closes its side is answered', async () => {
    const { port } = await aServer();
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.end(post([length], good));
    expect(answersOf(await text).map(({ status }) => status)).toEqual([201]);
  });

  test('a client that closes its side within the body is refused, and nothing is written', async () => {
    const { port, repository } = await aServer();
    const socket = await opened(port);
    const text = untilClosed(socket);
    socket.end(post(['Content-Length: 100'], '{'));
    expect(answersOf(await text).map(({ status }) => status)).toEqual([400]);
    expect(repository.events).toEqual([]);
  });

  test('beyond the bound they are closed, and those that are there are served', async () => {
    const maxConnections = 50;
    const { port } = await aServer({}, { maxConnections });
    const sockets = await Promise.all(Array.from({ length: maxConnections * 3 }, () => opened(port)));
    const closed = new Set<Socket>();
    for (const socket of sockets)
      socket
        .on('error', () => {})
        .on('close', () => closed.add(socket))
        .resume();
    await eventually('the others are closed', () => closed.size === maxConnections * 2);
    const left = sockets.filter((socket) => !closed.has(socket));
    const answers = left.map((socket) => said(socket, /"ok"/));
    for (const socket of left) socket.write(live);
    expect((await Promise.all(answers)).length).toBe(maxConnections);
    for (const socket of left) socket.destroy();
    // Their places are free again.
    const again = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually('somebody new is served', again);
  });

  test('a reset in the middle of everything harms nobody', async () => {
    const { port } = await aServer();
    const pieces = [
      live,
      post([length], good.slice(0, 5)),
      post(['Transfer-Encoding: chunked'], '5\r\nab'),
      'GE',
      live.repeat(20),
    ];
    const sockets = await Promise.all(pieces.map(() => opened(port)));
    sockets.forEach((socket, i) => socket.write(pieces[i] ?? '', () => socket.resetAndDestroy()));
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });
});
