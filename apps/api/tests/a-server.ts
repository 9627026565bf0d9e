import { connect, type Socket } from 'node:net';
import type { HttpDeps } from '../src/deps.js';
import { startHttpServer, type HttpServerOptions } from '../src/http/server.js';
import { anAppWith } from './an-api.js';

const running: (() => Promise<void>)[] = [];

export async function closeServers(): Promise<void> {
  for (const close of running.splice(0)) await close();
}

/** The real server with the HTTP adapter on in-memory fakes, until `closeServers`. */
export async function aServer(overrides: Partial<HttpDeps> = {}, bounds: HttpServerOptions['bounds'] = {}) {
  const api = anAppWith(overrides);
  const server = await startHttpServer(api.app, { host: '127.0.0.1', port: 0, bounds });
  const close = async (timeoutMs: number): Promise<void> => {
    await server.acceptWaiting();
    api.stop.abort();
    return server.close(timeoutMs);
  };
  running.push(() => close(0));
  return { ...api, port: server.port, close };
}

export const opened = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });

/** The test's own time-out ends it otherwise. */
export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('close', () => resolve());
    socket.resume();
  });
