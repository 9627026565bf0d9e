export type * from './deps.js';
export { createHttpApp } from './http/app.js';
export { Problem } from './http/problem.js';
export { problemCodes, type ProblemCode } from './http/problem-codes.js';
export { serverBounds, startHttpServer, type HttpServer, type HttpServerOptions } from './http/server.js';
export { startApi } from './composition-root.js';
