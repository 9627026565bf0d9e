import {
  createServer,
  IncomingMessage,
  ServerResponse,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import type { Certificate } from '../certificate.js';
import { sleep } from '@ferry/kernel';
import { answerBrokenRequests } from './broken-requests.js';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** HTTPS by it, and nothing else; plain HTTP without. */
  readonly certificate?: Certificate | undefined;
  /** Replaces some of `serverBounds`; for tests. */
  readonly bounds?: Partial<typeof serverBounds>;
}

/** Milliseconds, bytes and connections. */
export const serverBounds = {
  /** A whole request, body included. 64 kB in 15 s is 35 kbit/s: slower ones are attacks, or hopeless. */
  requestTimeout: 15_000,
  /** Headers alone: a slow loris is gone after this. */
  headersTimeout: 10_000,
  /** Two round trips. Below SHUTDOWN_TIMEOUT_MS, because while one lasts it cannot be told from a request on its way. */
  handshakeTimeout: 5_000,
  /** How often node looks for requests that took too long; its own 30 s would double the bounds above. */
  connectionsCheckingInterval: 1_000,
  /** Longer than the 60 s for which common load balancers keep idle connections: the side that reuses them must be the one that closes. */
  keepAliveTimeout: 65_000,
  /** A silent socket within a request: longer than the longest long-poll (30 s); it ends readers that do not read. */
  socketTimeout: 45_000,
  /** Request line and headers; node's default, said aloud because it is a bound. Beyond it the answer is 431. */
  maxHeaderSize: 16_384,
  /** Each open connection costs about 10 kB: 100 MB. More than this many clients need a second process. */
  maxConnections: 10_000,
  /** At closing: for how long an idle keep-alive connection may bring a request that was already on its way. */
  idleGraceMs: 300,
};

export interface HttpServer {
  readonly port: number;
  /**
   * Accepts what has connected already. Node accepts one connection a turn of its event loop, so under load some wait in
   * the kernel's backlog, where closing the listener would reset them: await this right before `close`.
   */
  acceptWaiting(): Promise<void>;
  /**
   * Stops as described at `closeGently`. Abort `HttpDeps.closing` in the same turn of the event loop, or seconds before if
   * a load balancer must first see that `/health/ready` says no: a client that is told to go and comes back while the
   * socket is being closed would be reset. Resolves when every connection is gone, after `timeoutMs` at the latest.
   */
  close(timeoutMs: number): Promise<void>;
}

/** Listens; rejects when the address cannot be had. */
export async function startHttpServer(app: RequestListener, options: HttpServerOptions): Promise<HttpServer> {
  const { socketTimeout, maxConnections, idleGraceMs, ...bounds } = { ...serverBounds, ...options.bounds };
  // Whoever leaves out `Host` is answered as all others are, by the app.
  const made = { ...bounds, requireHostHeader: false, ...bornAsExpressWants(app) };
  const { certificate } = options;
  const server = certificate ? secureServer(made, app, certificate) : createServer(made, app);
  server.timeout = socketTimeout;
  server.maxConnections = maxConnections;
  // None is dropped: the app refuses a request that has too many.
  server.maxHeadersCount = 0;
  answerBrokenRequests(server);
  // The app tells a client to go on when it wants the body, and refuses what else is expected.
  server.on('checkContinue', app);
  server.on('checkExpectation', app);
  const sockets = new Set<Socket>();
  let accepted = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    keep(socket);
  });
  // The same connection again: what TLS reads for itself is no request, and only this socket tells the two apart.
  server.on('secureConnection', keep);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    acceptWaiting: async () => {
      const deadline = performance.now() + ACCEPT_MS_MAX;
      for (let before = -1; before !== accepted && performance.now() < deadline;) {
        before = accepted;
        for (let turn = 0; turn < QUIET_TURNS; turn += 1) await nextTurn();
      }
    },
    close: (timeoutMs) => (closed ??= closeGently(server, sockets, idleGraceMs, timeoutMs)),
  };
}

function secureServer(made: ServerOptions, app: RequestListener, certificate: Certificate): Server {
  const server = createSecureServer({ ...made, ...certificate.current }, app);
  server.once('listening', () => {
    const unwatch = certificate.watch((renewed) => server.setSecureContext(renewed));
    server.once('close', unwatch);
  });
  return server;
}

/**
 * Accepts no more connections, lets requests finish (their answers carry `Connection: close`, because `HttpDeps.closing`
 * has aborted), gives idle connections a moment for a request that was already on its way, then closes the idle
 * ones as they come, and all that is left when the time is up.
 */
async function closeGently(server: Server, sockets: Set<Socket>, graceMs: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const over = new AbortController();
  const closed = new Promise<void>((resolve) => {
    // Not `http.Server.close`: that also cuts idle connections at once, and with them requests on their way.
    NetServer.prototype.close.call(server, () => {
      over.abort();
      resolve();
    });
  });
  await sleep(Math.min(graceMs, timeoutMs), over.signal);
  while (!over.signal.aborted && performance.now() < deadline) {
    // After a poll phase: what has arrived has been read, and its connection is not idle any more.
    await nextTurn();
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    await sleep(Math.min(SWEEP_MS, Math.max(0, deadline - performance.now())), over.signal);
  }
  // Not `closeAllConnections`, which knows none that is still at its handshake.
  for (const socket of sockets) socket.destroy();
  // Stops node's search for slow requests too; it says that the server is not running, which is what we want.
  server.close();
  await closed;
}

/**
 * Express gives each request and response the prototype of its app, and V8 then forgets what it knew of the object: 2.5 µs of the 40 that an echo takes.
 * Made with that prototype, they are left as they are. A plain listener has none to give.
 */
function bornAsExpressWants(app: RequestListener & { request?: object; response?: object }) {
  if (!app.request || !app.response) return {};
  return {
    IncomingMessage: withPrototype(IncomingMessage, app.request),
    ServerResponse: withPrototype(ServerResponse, app.response),
  };
}

function withPrototype<C extends typeof IncomingMessage | typeof ServerResponse>(base: C, prototype: object): C {
  function Made(...args: unknown[]): object {
    return Reflect.construct(base, args, Made) as object;
  }
  Made.prototype = prototype;
  return Made as unknown as C;
}

/** Clients that never stop connecting must not keep us from closing. */
const ACCEPT_MS_MAX = 250;
/** Turns without a new connection after which the backlog counts as empty. */
const QUIET_TURNS = 3;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How often connections that have become idle are looked for while closing. */
const SWEEP_MS = 50;
