import {
  backoffMs,
  errorFields,
  sleep,
  systemClock,
  Unavailable,
  type Logger,
  type Meter,
  type ServiceState,
} from '@ferry/kernel';
import type pg from 'pg';
import { Connections } from './connections.js';
import { asUnavailable, isStopped, mayRetry } from './errors.js';
import type { DatabaseOptions } from './pool.js';
import { probe } from './probe.js';
import { Pulse } from './pulse.js';
import { serverAt } from './server-at.js';
import { Session, type Statement } from './session.js';

/** A request learns within 2 s that the database is silent (RELIABILITY.md F4). */
const SILENCE_MS = 700;
/** Connecting takes some 10 ms; a machine on which it takes a second serves nobody. Both together leave 300 ms of the 2 s. */
const PROBE_MS = 1_000;
const PROBE_AGAIN_MS = 250;
/** Deadlocks and serialization failures: rows are locked in order, so a second try nearly always passes. */
const TRIES_MAX = 5;
const RETRY = { baseMs: 5, maxMs: 100 };

/** One pool of connections of one role. Every statement runs in a transaction that has entered exactly one tenant. */
export class Database {
  private readonly connections: Connections;
  private readonly pulse: Pulse;
  private current: ServiceState = { connected: false, since: systemClock.now() };
  private warned = false;
  private closed = false;

  constructor(
    private readonly options: DatabaseOptions,
    private readonly logger: Logger,
    private readonly meter: Meter,
  ) {
    const server = serverAt(options.url);
    this.connections = new Connections(server, options, {
      heard: () => this.pulse.heard(),
      broke: (error) => this.noteAway(error),
      said: (severity, said) => this.logger.debug('postgres says', { severity, said }),
    });
    this.pulse = new Pulse({
      silenceMs: options.awayAfterMs ?? SILENCE_MS,
      probeMs: PROBE_MS,
      againMs: PROBE_AGAIN_MS,
      probe: (timeoutMs) => probe(server, timeoutMs),
      onSilent: (quietMs) => this.giveUpConnections(quietMs),
    });
  }

  /** Runs `work` in one transaction of one tenant. `work` may run again after a deadlock. Throws `Unavailable` when the database is away. */
  tenant<T>(tenantId: string, work: (session: Session) => Promise<T>): Promise<T> {
    return this.transaction((session) => {
      session.send({ name: 'enter', text: 'select tenancy.enter($1)', values: [tenantId] });
      return work(session);
    });
  }

  /** The rows of one statement that is a transaction of its own: a call of a function that enters its tenant itself. */
  statement<R extends pg.QueryResultRow>(statement: Statement): Promise<R[]> {
    return this.observed(() => this.connections.lend((session) => session.rows<R>(statement)));
  }

  /** One transaction without a tenant: for the sweeper's role, which sees candidates of all tenants and can write nothing. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.observed(() => this.connections.lend((session) => session.run(this.inTime(work))));
  }

  private inTime<T>(work: (session: Session) => Promise<T>): (session: Session) => Promise<T> {
    const { statementTimeoutMs } = this.options;
    if (statementTimeoutMs === undefined) return work;
    return (session) => {
      session.send({ text: `set local statement_timeout = ${statementTimeoutMs}` });
      return work(session);
    };
  }

  private async observed<T>(attempted: () => Promise<T>): Promise<T> {
    const started = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (this.pulse.isSilent) throw new Unavailable('postgres', { cause: new Error('the server says nothing') });
        const result = await this.pulse.during(attempted);
        this.noteBack();
        this.meter.observe('db_transaction_seconds', (performance.now() - started) / 1000);
        return result;
      } catch (error) {
        if (!mayRetry(error) || attempt >= TRIES_MAX) throw this.translate(error);
        this.meter.count('db_transaction_retries_total');
        await sleep(backoffMs(RETRY, attempt, Math.random()));
      }
    }
  }

  /** Answers once the database does; rejects with `Unavailable` otherwise. */
  async ping(): Promise<void> {
    await this.transaction((session) => session.query({ text: 'select 1' }));
  }

  /** Whether the last transaction found the database; not connected before the first one. */
  state(): ServiceState {
    return this.current;
  }

  poolSize(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    return this.connections.size();
  }

  async close(): Promise<void> {
    // From now on a connection that breaks is one that is being closed.
    this.closed = true;
    this.pulse.close();
    await this.connections.close();
  }

  /**
   * What was sent on them may still be done when the server comes to itself: unknown is not failed, so whoever waits is told
   * `Unavailable` and asks again, by key or by row. Idle ones go too: they lead to the same silence.
   */
  private giveUpConnections(quietMs: number): void {
    const error = new Error(`connection given up: the server has said nothing for ${Math.round(quietMs)} ms`);
    this.noteAway(error);
    this.connections.destroyAll(error);
  }

  private translate(error: unknown): unknown {
    const translated = asUnavailable(error);
    if (translated !== error && !isStopped(error)) this.noteAway(error as Error);
    return translated;
  }

  /** Said once when it goes and once when it is back, not for every request between. */
  private noteAway(error: Error): void {
    if (this.current.connected) this.current = { connected: false, since: systemClock.now(), lastError: error.message };
    else this.current = { ...this.current, lastError: error.message };
    if (this.warned || this.closed) return;
    this.warned = true;
    this.logger.warn('postgres is away', errorFields(error));
  }

  private noteBack(): void {
    if (this.current.connected) return;
    if (this.warned) this.logger.info('postgres is back', { away_since: this.current.since });
    this.warned = false;
    this.current = { connected: true, since: systemClock.now() };
  }
}
