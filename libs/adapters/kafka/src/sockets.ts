import net from 'node:net';
import tls from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** Finds a peer that vanished without a word while nothing is sent; kafkajs uses the same. */
const keepAliveMs = 60_000;

/** Said aloud: NODE_TLS_REJECT_UNAUTHORIZED=0, set for something else, must not undo it. */
const verified = { rejectUnauthorized: true };

/**
 * The sockets of one session. kafkajs cannot be told to stop: a send that was given up goes on retrying, and reconnects for it.
 * It cannot do that without sockets.
 */
export class Sockets {
  private readonly open = new Set<net.Socket>();
  private severedBy: Error | undefined;

  /** `onAllClosed`: the last open connection has gone, without our doing. */
  constructor(private readonly onAllClosed: () => void) {}

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.severedBy) throw this.severedBy;
    const servername = net.isIP(host) ? undefined : host;
    const socket = ssl
      ? tls.connect({ host, port, ...(servername !== undefined && { servername }), ...ssl, ...verified }, onConnect)
      : net.connect({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('close', () => {
      this.open.delete(socket);
      if (this.open.size === 0 && !this.severedBy) this.onAllClosed();
    });
    return socket;
  };

  /** Cuts every connection now and for good: nothing more leaves, requests in flight fail, new connections are refused. */
  sever(reason: Error): void {
    if (this.severedBy) return;
    this.severedBy = reason;
    for (const socket of this.open) socket.destroy(reason);
  }
}
