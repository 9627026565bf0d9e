import type { ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { errorFields, type Logger } from '@ferry/kernel';

const READY = 'database system is ready to accept connections';
/** Crash recovery of a large database may take a while; beyond this something is wrong. */
const START_TIMEOUT_MS = 60_000;
/** Lines of the server's own log that an error quotes. */
const LOG_LINES = 20;

/** Rejects, with the end of the server's log, when it ends or is not ready in time. */
export function untilReady(child: ChildProcess, logger: Logger): Promise<void> {
  const lines: string[] = [];
  return new Promise((done, fail) => {
    const failed = (why: string): void => {
      clearTimeout(late);
      fail(new Error(`embedded PostgreSQL ${why}:\n${lines.slice(-LOG_LINES).join('\n')}`));
    };
    const late = setTimeout(() => failed(`is not ready after ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    child.once('error', (error) => failed(String(errorFields(error).error)));
    child.once('exit', (code) => failed(`ended with code ${String(code)}`));
    child.stderr?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        logger.debug('postgres', { line });
        lines.push(line);
        if (lines.length > LOG_LINES) lines.shift();
        if (!line.includes(READY)) continue;
        clearTimeout(late);
        done();
      }
    });
  });
}

/** Whether a start failed because somebody else listens on its port, or goes out by it. */
export const isPortTaken = (error: unknown): boolean => /Address already in use/.test(String(error));

/** Free now; PostgreSQL takes it a moment later. On a clash that start fails, and `isPortTaken` tells why. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
