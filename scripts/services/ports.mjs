// Free loopback ports that stay ours while a service is down between kill and restart.
import { createServer } from 'node:net';

// Below 32768, where Linux takes the local ports of outgoing connections from.
const portMin = 20000;
const portCount = 12000;
const portsAProcess = 16;

// Parallel test processes have neighbouring pids: each begins in a range of its own, so that two of them do not
// choose the same port in the moment between this check and the service's listen.
let next = process.pid * portsAProcess;

/** `count` ports of 127.0.0.1 that nobody listens on. */
export async function freePorts(count) {
  const ports = [];
  while (ports.length < count) {
    const port = portMin + (next++ % portCount);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
