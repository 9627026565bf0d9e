import { handOver } from './certificates.mjs';
import { demand, redisServer } from './programs.mjs';
import { answers } from './probe.mjs';
import { startService } from './service.mjs';

/** A Redis that keeps everything in memory only: after a kill it comes back empty. With `tls` its one port speaks nothing else. */
export async function startRedis({ tls } = {}) {
  demand('redis');
  return startService({
    name: 'redis',
    ports: 1,
    stopSignal: 'SIGTERM',
    command: ({ directory, ports: [port] }) => [
      redisServer(),
      '--bind',
      '127.0.0.1',
      ...listening(port, tls && handOver(tls, directory)),
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'no',
    ],
    isReady: ({ ports: [port] }) => answers(port, 'PING\r\n', (bytes) => bytes.toString().startsWith('+PONG'), { tls }),
    address: ({ ports: [port] }) => ({ url: tls ? `rediss://localhost:${port}` : `redis://127.0.0.1:${port}` }),
  });
}

function listening(port, tls) {
  if (!tls) return ['--port', String(port)];
  const { ca, cert, key } = tls;
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no'];
  return ['--port', '0', '--tls-port', String(port), ...files];
}
