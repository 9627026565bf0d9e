import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { ServerAddress } from './server-at.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly poolMin?: number;
  readonly poolMax: number;
  /** For checks that read everything; 5 s otherwise. */
  readonly statementTimeoutMs?: number;
  /** Of a server that says nothing, connecting included. 1.7 s otherwise (RELIABILITY.md F4); longer for tests, which a machine may pause. */
  readonly awayAfterMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/** Longer than any of our statements needs on a busy machine, short enough that a stuck one does not hold its rows. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** Added to the server's own time-out, so that the server normally speaks first; it is what frees us from one frozen backend. */
const QUERY_TIMEOUT_EXTRA_MS = 1_000;
const LOCK_TIMEOUT_MS = 3_000;
const IDLE_IN_TRANSACTION_MS = 10_000;
/** A request learns within 2 s that the database cannot be reached (RELIABILITY.md F4). */
const CONNECT_TIMEOUT_MS = 1_500;

/** Connections of one role, with every time-out set, here and on the server. */
export function makePool(server: ServerAddress, options: Omit<DatabaseOptions, 'url'>): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  return new pg.Pool({
    ...server,
    min: options.poolMin ?? 0,
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.awayAfterMs ?? CONNECT_TIMEOUT_MS,
    query_timeout: statementTimeoutMs + QUERY_TIMEOUT_EXTRA_MS,
    keepAlive: true,
    // Statements that do not need each other's answers share a round trip; see Session.
    pipeline: true,
    options:
      `-c statement_timeout=${statementTimeoutMs} -c lock_timeout=${LOCK_TIMEOUT_MS} ` +
      `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS} -c citus.propagate_set_commands=local`,
  } as pg.PoolConfig);
}

/** pg has no public way to end a connection on which statements are under way: `end()` waits for their answers. */
export const streamOf = (client: pg.PoolClient): Duplex =>
  (client as unknown as { readonly connection: { readonly stream: Duplex } }).connection.stream;
