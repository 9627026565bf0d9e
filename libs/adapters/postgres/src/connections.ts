import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { carriesNames } from './bouncer.js';
import { makePool, type DatabaseOptions } from './pool.js';
import type { ServerAddress } from './server-at.js';
import { Session } from './session.js';

/** What happens on connections besides answers. */
export interface ConnectionEvents {
  /** Something came from the server. */
  heard(): void;
  /** A connection broke while nobody used it. */
  broke(error: Error): void;
  /** The server's own words: `severity`, `message`. */
  said(severity: string | undefined, message: string | undefined): void;
}

/** The connections of one role: lent one at a time, and mended when they come back from a failure. */
export class Connections {
  private readonly pool: pg.Pool;
  private readonly open = new Set<pg.ClientBase>();
  private readonly named = new WeakSet<pg.ClientBase>();

  constructor(
    server: ServerAddress,
    options: Omit<DatabaseOptions, 'url'>,
    private readonly events: ConnectionEvents,
  ) {
    this.pool = makePool(server, options, (client) => this.attach(client));
    // An idle connection that breaks would otherwise end the process; so would a borrowed one between two statements.
    this.pool.on('error', (error) => events.broke(error));
    this.pool.on('remove', (client) => this.open.delete(client));
  }

  async lend<T>(use: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const session = new Session(client, this.named.has(client));
    let broken: Error | undefined;
    try {
      return await use(session);
    } catch (error) {
      broken = (await session.rollBack()) ? undefined : (error as Error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Breaks all of them, borrowed and idle: whoever waits on one learns of it at once. */
  destroyAll(error: Error): void {
    for (const client of this.open) streamOf(client).destroy(error);
  }

  size(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** Listened to before the first question is asked on it: the server may fall silent over that one too. */
  private async attach(client: pg.ClientBase): Promise<void> {
    client.on('error', () => {});
    client.on('notice', ({ severity, message }) => this.events.said(severity, message));
    this.open.add(client);
    client.once('end', () => this.open.delete(client));
    this.events.heard();
    streamOf(client).on('data', () => this.events.heard());
    if (await carriesNames(client)) this.named.add(client);
  }
}

/** pg has no public way to end a connection on which statements are under way: `end()` waits for their answers. */
const streamOf = (client: pg.ClientBase): Duplex =>
  (client as unknown as { readonly connection: { readonly stream: Duplex } }).connection.stream;
