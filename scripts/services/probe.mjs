// One question over TCP to a service that may not be there yet.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const answerTimeoutMs = 1_000;

/** Sends `question` to a port of 127.0.0.1; true when what comes back satisfies `isAnswer`. Never rejects. */
export function answers(port, question, isAnswer, { tls } = {}) {
  return new Promise((resolve) => {
    const at = { port, host: '127.0.0.1' };
    // Whether it answers is asked here, not who it is.
    const socket = tls ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
    let received = Buffer.alloc(0);
    const conclude = (verdict) => {
      resolve(verdict);
      socket.destroy();
    };
    socket.setTimeout(answerTimeoutMs, () => conclude(false));
    socket.on('error', () => conclude(false));
    socket.on('close', () => conclude(false));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (isAnswer(received)) conclude(true);
    });
    socket.write(question);
  });
}
