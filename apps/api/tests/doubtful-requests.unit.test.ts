import { afterEach, describe, expect, test } from '@jest/globals';
import { aServer, closeServers } from './a-server.js';
import { exchange } from './raw-http.js';

afterEach(closeServers);

const good = '{"amount":1,"currency":"EUR","reference":"smuggled"}';
const host = 'Host: x';
const json = 'Content-Type: application/json';
const chunk = `${good.length.toString(16)}\r\n${good}\r\n0\r\n\r\n`;

const message = (first: string, headers: readonly string[], body = '', end = '\r\n'): string =>
  [first, ...headers, '', body].join(end);
const post = (headers: readonly string[], body = good): string =>
  message('POST /api/v1/payments HTTP/1.1', [host, json, ...headers], body);
const get = (...headers: readonly string[]): string => message('GET /health/live HTTP/1.1', headers);
const length = `Content-Length: ${good.length}`;

/** Each could be read as two requests, or as those of two clients, by a proxy and by us. */
const doubtful: readonly (readonly [string, string | Buffer])[] = [
  ['a length and chunks', post([length, 'Transfer-Encoding: chunked'], chunk)],
  ['chunks and a length', post(['Transfer-Encoding: chunked', 'Content-Length: 4'], chunk)],
  ['two lengths', post([length, 'Content-Length: 4'])],
  ['one length twice', post([length, length])],
  ['a list of lengths', post([`${length}, 4`])],
  ['a length with a sign', post([`Content-Length: +${good.length}`])],
  ['a length below zero', post(['Content-Length: -1'])],
  ['a hexadecimal length', post(['Content-Length: 0x10'])],
  ['a length with a fraction', post(['Content-Length: 5.0'])],
  ['a length beyond 64 bits', post(['Content-Length: 99999999999999999999'])],
  ['an empty length', post(['Content-Length: '])],
  ['an unknown coding', post(['Transfer-Encoding: xchunked'], chunk)],
  ['chunks within gzip', post(['Transfer-Encoding: chunked, gzip'], chunk)],
  ['gzip within chunks', post(['Transfer-Encoding: gzip, chunked'], chunk)],
  ['identity', post(['Transfer-Encoding: identity', length])],
  ['chunked twice', post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunk)],
  ['chunked with a vertical tab', post(['Transfer-Encoding: \vchunked'], chunk)],
  ['chunks in HTTP/1.0', post(['Transfer-Encoding: chunked'], chunk).replace('HTTP/1.1', 'HTTP/1.0')],
  ['a folded header', post([length, 'X-A: b\r\n c'])],
  ['a folded length', post(['Content-Length:\r\n 5'])],
  ['a space before the colon', post([`Content-Length : ${good.length}`])],
  ['a space before the name', message('POST /api/v1/payments HTTP/1.1', [` ${host}`, json, length], good)],
  ['a header without a name', post([length, ': a'])],
  ['a header without a colon', post([length, 'nonsense'])],
  ['a name with a bracket', post([length, 'X(A): b'])],
  ['NUL in a header', post([length, 'X-A: b\0c'])],
  ['a lone CR in a header', post([length, 'X-A: b\rc'])],
  ['lines that end in LF', message('POST /api/v1/payments HTTP/1.1', [host, json, length], good, '\n')],
  ['a chunk size that is none', post(['Transfer-Encoding: chunked'], `zz\r\n${good}\r\n0\r\n\r\n`)],
  ['a chunk size below zero', post(['Transfer-Encoding: chunked'], `-1\r\n${good}\r\n0\r\n\r\n`)],
  ['a chunk size beyond 64 bits', post(['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${good}\r\n0\r\n\r\n`)],
  ['a chunk longer than its size', post(['Transfer-Encoding: chunked'], `5\r\n${good}\r\n0\r\n\r\n`)],
  ['a chunk extension of 20 kB', post(['Transfer-Encoding: chunked'], `5;a=${'b'.repeat(20_000)}\r\n{"a":\r\n`)],
  ['no host', message('GET /health/live HTTP/1.1', [])],
  ['two hosts', get(host, 'Host: y')],
  ['two keys', get(host, 'Authorization: Bearer a', 'authorization: Bearer b')],
  ['two types', post([length, 'Content-Type: text/plain'])],
  ['HTTP/0.9', 'GET /health/live\r\n\r\n'],
  ['HTTP/9.9', get(host).replace('HTTP/1.1', 'HTTP/9.9')],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ['TLS', Buffer.from('16030100f5010000f1030300', 'hex')],
  ['an unknown method', message('SMUGGLE / HTTP/1.1', [host])],
  ['a method in lower case', message('get / HTTP/1.1', [host])],
  ['NUL in the path', message('GET /health\0/live HTTP/1.1', [host])],
  ['a space in the path', message('GET /health /live HTTP/1.1', [host])],
  ['nothing but noise', Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 151 + 128) % 256))],
];

describe('is refused by a problem document, the connection is closed, and nothing is done', () => {
  test.each(doubtful)('%s', async (_name, bytes) => {
    const { port, repository } = await aServer();
    // What a proxy may take for the next client's request: it must not be answered.
    const next = Buffer.from(post([length]));
    const [answer, ...more] = await exchange(port, Buffer.concat([Buffer.from(bytes), next]));
    expect([answer?.status, answer?.code, answer?.headers['connection']]).toEqual([400, 'malformed-http', 'close']);
    expect(answer?.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(more).toEqual([]);
    expect(repository.events).toEqual([]);
  });
});

describe('is answered', () => {
  const closing = 'Connection: close';
  test.each([
    ['HEAD', message('HEAD /health/live HTTP/1.1', [host, closing]), 200],
    ['OPTIONS', message('OPTIONS /api/v1/payments HTTP/1.1', [host, closing]), 200],
    ['OPTIONS of the server', message('OPTIONS * HTTP/1.1', [host, closing]), 404],
    ['TRACE', message('TRACE /health/live HTTP/1.1', [host, 'X-Echo: echoed', closing]), 405],
    ['the absolute form', message('GET http://elsewhere/health/live HTTP/1.1', [host, closing]), 200],
    ['the absolute form of nothing', message('GET http://elsewhere HTTP/1.1', [host, closing]), 404],
    ['a path that is a host', message('GET //elsewhere/health/live HTTP/1.1', [host, closing]), 404],
    ['a path with dots', message('GET /api/../health/live HTTP/1.1', [host, closing]), 404],
    ['NUL as an escape', message('GET /health/live%00 HTTP/1.1', [host, closing]), 404],
    ['UTF-8 that is not escaped', message('GET /health/livé HTTP/1.1', [host, closing]), 400],
    ['bytes that are no UTF-8', message('GET /health/%ff HTTP/1.1', [host, closing]), 400],
    ['an overlong slash', message('GET /health%c0%aflive HTTP/1.1', [host, closing]), 400],
    ['an upgrade that nobody offers', get(host, 'Upgrade: websocket', 'Connection: Upgrade, close'), 200],
    ['h2c', get(host, 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk', 'Connection: Upgrade, close'), 200],
    ['HTTP/1.0 without a host', get(closing).replace('HTTP/1.1', 'HTTP/1.0'), 200],
    [
      'chunks with an extension and a trailer',
      post(
        ['Transfer-Encoding: chunked', closing],
        chunk.replace('\r\n', ';a=b\r\n').replace(/\r\n\r\n$/, '\r\nX-T: a\r\n\r\n'),
      ),
      201,
    ],
    ['another expectation', post([length, 'Expect: tea', closing]), 417],
  ])('%s', async (_name, bytes, status) => {
    const { port } = await aServer();
    const answers = await exchange(port, bytes);
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    expect(answers[0]?.text).not.toContain('echoed');
  });

  test('CONNECT is not', async () => {
    const { port } = await aServer();
    expect(await exchange(port, message('CONNECT elsewhere:443 HTTP/1.1', [host]))).toEqual([]);
  });
});
