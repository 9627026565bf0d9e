// One question over TCP to a service that may not be there yet.
import { connect } from 'node:net';

const answerTimeoutMs = 1_000;

/** Sends `question` to a port of 127.0.0.1; true when what comes back satisfies `isAnswer`. Never rejects. */
export function answers(port, question, isAnswer) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
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
