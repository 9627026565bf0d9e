import type { ApiSettings, EngineSettings, Lifecycle } from '@ferry/wiring';
import { certificateOf } from './certificate.js';
import type { HttpDeps } from './deps.js';
import { createHttpApp } from './http/app.js';
import { isForOperators, type Route } from './http/route.js';
import { startHttpServer, type HttpServer } from './http/server.js';
import { routes } from './routes/table.js';

type ListenSettings = ApiSettings & Pick<EngineSettings, 'HOST'>;

/**
 * Listens for clients, and with `ADMIN_PORT` for operators on a listener of their own: what rules tenants is not there for whoever can reach
 * the public one, whatever key they have got hold of. Answers the one for clients.
 */
export async function listen(deps: HttpDeps, settings: ListenSettings, lifecycle: Lifecycle): Promise<HttpServer> {
  const certificate = certificateOf(settings, deps);
  const all = routes(deps);
  const start = async (name: string, host: string, port: number, table: readonly Route[]): Promise<HttpServer> => {
    const server = await startHttpServer(createHttpApp(deps, table), { host, port, certificate });
    lifecycle.beforeClose(() => server.acceptWaiting());
    lifecycle.onClose(name, (timeoutMs) => server.close(timeoutMs));
    deps.logger.info(`${name} listens`, { host, port: server.port });
    return server;
  };
  const { HOST, PORT, ADMIN_HOST, ADMIN_PORT } = settings;
  if (ADMIN_PORT !== undefined) await start('operators api', ADMIN_HOST, ADMIN_PORT, all.filter(isForOperators));
  const clients = all.filter((route) => !isForOperators(route));
  return start('api', HOST, PORT, clients);
}
