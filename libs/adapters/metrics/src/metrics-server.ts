import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absent: no `/metrics`, only health. */
  readonly registry: Registry | undefined;
  /** Given by a process without an API of its own: adds `/health`, `/health/live` and `/health/ready`. */
  readonly health?: MetricsHealth;
}

interface MetricsHealth {
  ready(): Promise<{ readonly ready: boolean; readonly checks: object }>;
  /** What `/health` says, whole. */
  report(): Promise<{ readonly status: 'healthy' | 'unhealthy' }>;
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Scrapes and probes are small; whoever is slower is not one. */
const REQUEST_TIMEOUT_MS = 10_000;

export async function startMetricsServer({
  host,
  port,
  registry,
  health,
}: MetricsServerOptions): Promise<MetricsServer> {
  const json = (response: ServerResponse, status: number, body: object): void => {
    response
      .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
      .end(JSON.stringify(body));
  };
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    if (registry && path === '/metrics') {
      const metrics = await registry.metrics();
      response.writeHead(200, { 'Content-Type': registry.contentType }).end(metrics);
    } else if (health && path === '/health/live') json(response, 200, { status: 'ok' });
    else if (health && path === '/health/ready') {
      const { ready, checks } = await health.ready();
      json(response, ready ? 200 : 503, { status: ready ? 'ok' : 'error', checks });
    } else if (health && path === '/health') {
      const report = await health.report();
      json(response, report.status === 'healthy' ? 200 : 503, report);
    } else json(response, 404, { status: 'error', error: 'nothing is here' });
  };
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      answer((request.url ?? '').split('?')[0] ?? '', response).catch(() => {
        if (response.headersSent) response.destroy();
        else json(response, 500, { status: 'error' });
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
