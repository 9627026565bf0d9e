import { Agent, request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { newId, sleep } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { serverBounds, startHttpServer, type HttpServer } from '../src/http/server.js';
import { aServer, closed, closeServers, opened } from './a-server.js';
import { anAppWith } from './an-api.js';

afterEach(closeServers);

interface Outcome {
  readonly status: number;
  readonly connection: string | undefined;
}

const post = (port: number, agent: Agent, reference: string): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/v1/payments',
        headers: { 'Content-Type': 'application/json' },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ amount: 1, currency: 'EUR', reference }));
  });

/** Long against every pause of a machine: what lasts so long has waited in vain. */
const PATIENT_MS = 60_000;
const SOON_MS = 20_000;

describe('listening', () => {
  test('rejects when the port is taken', async () => {
    const { port } = await aServer();
    const { app } = anAppWith();
    await expect(startHttpServer(app, { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('headers that do not come to an end are cut off', async () => {
    const { port } = await aServer({}, { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 });
    const socket = await opened(port);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.write('GET /health HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 50);
    await closed(socket);
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a body that does not come to an end is cut off, and nothing is written', async () => {
    const { port, repository } = await aServer(
      {},
      { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
    );
    const socket = await opened(port);
    socket.write(
      'POST /api/v1/payments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    const drip = setInterval(() => socket.write(' '), 50);
    await closed(socket);
    clearInterval(drip);
    expect(repository.events).toHaveLength(0);
  });

  test('a client that never stops sending after its refusal is cut off', async () => {
    // Time enough for the headers, also on a machine that pauses.
    const bounds = { headersTimeout: 3_000, requestTimeout: 3_000, connectionsCheckingInterval: 50 };
    const { port } = await aServer({}, bounds);
    const socket = await opened(port);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.write(
      'POST /api/v1/payments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n',
    );
    const flood = setInterval(() => socket.write('x'.repeat(1_000)), 10);
    await closed(socket);
    clearInterval(flood);
    expect(answer).toContain('"code":"body-too-large"');
  });

  test('headers beyond 16 kB are 431', async () => {
    const { port } = await aServer();
    const socket = await opened(port);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.write(`GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`);
    await closed(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('closing', () => {
  test('drops no request of keep-alive clients under load', async () => {
    for (let round = 0; round < 5; round += 1) {
      // Idle connections are given longer than a machine pauses: it is the requests that are looked at here.
      const { port, close, repository, deps } = await aServer({}, { idleGraceMs: 5_000 });
      const agent = new Agent({ keepAlive: true, maxSockets: 20 });
      const answered: Outcome[] = [];
      const dropped: string[] = [];
      const client = async (name: number): Promise<void> => {
        for (let i = 0; ; i += 1) {
          try {
            const outcome = await post(port, agent, `r${name}-${i}`);
            answered.push(outcome);
            // A client that is told to go asks for a new connection, and that is refused once nobody listens.
          } catch (error) {
            const { code = '' } = error as { code?: string };
            if (code !== 'ECONNREFUSED') dropped.push(code);
            return;
          }
        }
      };
      const clients = Promise.all(Array.from({ length: 20 }, (_, i) => client(i)));
      await eventually('there is a load', () => answered.length > 100);
      await close(PATIENT_MS);
      await clients;
      agent.destroy();
      expect(deps.closing.aborted).toBe(true);
      expect(dropped).toEqual([]);
      expect(answered.every(({ status }) => status === 201)).toBe(true);
      expect(answered.filter(({ connection }) => connection === 'close').length).toBeGreaterThanOrEqual(1);
      expect(repository.events).toHaveLength(answered.length);
    }
  });

  test('lets a slow request finish', async () => {
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    let asked = false;
    const list = (): Promise<[]> => {
      asked = true;
      return slow.then(() => []);
    };
    const { port, close } = await aServer({ payments: { list, history: list } });
    const answer = fetch(`http://127.0.0.1:${port}/api/v1/payments`);
    await eventually('it is on its way', () => asked);
    const ended = close(PATIENT_MS);
    setTimeout(finish, 2 * serverBounds.idleGraceMs);
    const { status, headers } = await answer;
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    await ended;
  });

  test('answers long-polls at once with what is', async () => {
    const { port, close, origins } = await aServer();
    const agent = new Agent({ keepAlive: true });
    await post(port, agent, 'a');
    const list = (await (await fetch(`http://127.0.0.1:${port}/api/v1/payments`)).json()) as { data: { id: string }[] };
    const waiting = fetch(`http://127.0.0.1:${port}/api/v1/payments/${list.data[0]?.id}?wait=30`);
    await eventually('it is on its way', () => origins.length === 3);
    const started = performance.now();
    await Promise.all([
      close(PATIENT_MS),
      waiting.then(async (answer) => expect(await answer.json()).toMatchObject({ status: 'PENDING' })),
    ]);
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    agent.destroy();
  });

  test('does not wait for idle connections, nor for those that never asked', async () => {
    const { port, close } = await aServer();
    const agent = new Agent({ keepAlive: true });
    await post(port, agent, 'a');
    const silent = await opened(port);
    const started = performance.now();
    await Promise.all([close(PATIENT_MS), closed(silent)]);
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    agent.destroy();
  });

  test('serves a request that comes on an idle connection at that moment', async () => {
    const { port, close } = await aServer({}, { idleGraceMs: SOON_MS });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await post(port, agent, 'a');
    const ended = close(PATIENT_MS);
    await sleep(50);
    expect(await post(port, agent, 'b')).toEqual({ status: 201, connection: 'close' });
    await ended;
    agent.destroy();
  });

  test('ends after its time, whatever hangs', async () => {
    const { port, close, origins } = await aServer({ readPayment: () => new Promise(() => undefined) });
    const hanging = fetch(`http://127.0.0.1:${port}/api/v1/payments/${newId()}`).catch((error: unknown) => error);
    await eventually('it is on its way', () => origins.length === 1);
    const started = performance.now();
    await close(800);
    expect(performance.now() - started).toBeGreaterThan(700);
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    expect(await hanging).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
  });

  test('twice is once', async () => {
    const { close } = await aServer();
    await Promise.all([close(1_000), close(1_000)]);
  });

  test('takes no new connections', async () => {
    const server: { port: number; close: HttpServer['close'] } = await aServer();
    await server.close(1_000);
    await expect(opened(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
