import { once } from 'node:events';
import { connect } from 'node:net';

const TIMEOUT_MS = 5_000;

/** Inline commands of its protocol: two of them are no reason for a client. Answers how many keys there were. */
export async function emptyRedis(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    await once(socket, 'connect', { signal });
    socket.write('DBSIZE\r\nFLUSHALL\r\n');
    let answer = '';
    while (!answer.includes('+OK')) {
      answer += String((await once(socket, 'data', { signal }))[0]);
      if (answer.includes('-')) throw new Error(`Redis said ${answer}`);
    }
    return Number(/^:(\d+)/.exec(answer)?.[1]);
  } finally {
    socket.destroy();
  }
}
