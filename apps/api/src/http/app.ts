import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import type { HttpDeps } from '../deps.js';
import { routes } from '../routes/table.js';
import type { Answer } from './answer.js';
import { Problem } from './problem.js';
import type { Route } from './route.js';
import { serve, servedRoute, type Served } from './serve.js';

/** Ferry's HTTP interface, or the part of it that one listener serves. It has no middleware at all: every request goes straight to its route or to a refusal. */
export function createHttpApp(deps: HttpDeps, table: readonly Route[] = routes(deps)): Express {
  const app = express();
  app.disable('x-powered-by');
  // An ETag would hash every body, and nothing here may be cached.
  app.disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', [...deps.trustedProxies]);
  app.enable('case sensitive routing');
  app.enable('strict routing');
  const byPath = Map.groupBy(table, ({ path }) => path);
  for (const [path, methods] of byPath) {
    for (const route of methods) app[route.method](path, serve(servedRoute(route, deps), deps));
    app.all(path, serve(otherMethods(methods), deps));
  }
  app.use(serve(noRoute, deps));
  app.use(refused(deps));
  return app;
}

const otherMethods = (table: readonly Route[]): Served => {
  const methods = table.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  const headers = { Allow: [...methods, 'OPTIONS'].sort().join(', ') };
  return {
    name: table[0]?.path ?? '',
    async answer({ request: { method } }): Promise<Answer> {
      if (method === 'OPTIONS') return { status: 200, type: 'text/plain', body: '', headers };
      throw new Problem('method-not-allowed', `${method} is not possible here.`, { headers });
    },
  };
};

const noRoute: Served = {
  name: 'unmatched',
  async answer({ request: { method, path } }) {
    if (!isDecodable(path)) throw new Problem('malformed-url', 'The path has bad percent-encoding.');
    throw new Problem('route-not-found', `Nothing is at ${method} of this path.`);
  },
};

const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
};

/** Errors of Express itself. Its router throws 400 at percent-encoding that it cannot decode; anything else is a mistake. */
const refused =
  (deps: HttpDeps): ErrorRequestHandler =>
  (error: unknown, request: Request, response, next) => {
    const served: Served = {
      name: 'unmatched',
      answer: () =>
        Promise.reject(
          isDecodable(request.path) ? error : new Problem('malformed-url', 'The path has bad percent-encoding.'),
        ),
    };
    void serve(served, deps)(request, response, next);
  };
