import { demand, redisServer } from './programs.mjs';
import { answers } from './probe.mjs';
import { startService } from './service.mjs';

/** A Redis that keeps everything in memory only: after a kill it comes back empty. */
export async function startRedis() {
  demand('redis');
  return startService({
    name: 'redis',
    ports: 1,
    stopSignal: 'SIGTERM',
    command: ({ directory, ports: [port] }) => [
      redisServer(),
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'no',
    ],
    isReady: ({ ports: [port] }) => answers(port, 'PING\r\n', (bytes) => bytes.toString().startsWith('+PONG')),
    address: ({ ports: [port] }) => ({ url: `redis://127.0.0.1:${port}` }),
  });
}
