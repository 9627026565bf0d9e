import pg from 'pg';
import type { ServerAddress } from './server-at.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly poolMin?: number;
  readonly poolMax: number;
  /** For checks that read everything; 5 s otherwise, by the settings of the login. */
  readonly statementTimeoutMs?: number;
  /** Of a server that says nothing, connecting included. 1.7 s otherwise (RELIABILITY.md F4); longer for tests, which a machine may pause. */
  readonly awayAfterMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/** Of the login, as the migrations set it (`bootstrap.ts`). */
const STATEMENT_TIMEOUT_MS = 5_000;
/** Added to the server's own time-out, so that the server normally speaks first; it is what frees us from one frozen backend. */
const QUERY_TIMEOUT_EXTRA_MS = 1_000;
/** A request learns within 2 s that the database cannot be reached (RELIABILITY.md F4). */
const CONNECT_TIMEOUT_MS = 1_500;

/**
 * Connections of one role. They ask for nothing as they start, because a bouncer does not hand that on: the server's time-outs are settings of
 * the logins. `onConnect` is waited for before a connection is lent for the first time.
 */
export function makePool(
  server: ServerAddress,
  options: Omit<DatabaseOptions, 'url'>,
  onConnect: (client: pg.ClientBase) => Promise<void>,
): pg.Pool {
  const config = {
    ...server,
    min: options.poolMin ?? 0,
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.awayAfterMs ?? CONNECT_TIMEOUT_MS,
    query_timeout: (options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS) + QUERY_TIMEOUT_EXTRA_MS,
    keepAlive: true,
    // Statements that do not need each other's answers share a round trip; see Session.
    pipeline: true,
    onConnect,
  };
  return new pg.Pool(config);
}
