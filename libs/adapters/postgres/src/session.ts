import type pg from 'pg';
import { isAftermath } from './errors.js';

export type Statement = pg.QueryConfig;

const unnamed = ({ text, values }: Statement): Statement => ({ text, ...(values && { values }) });

/** `$1, $2, ...` */
export const placeholders = (count: number): string => Array.from({ length: count }, (_, i) => `$${i + 1}`).join(', ');

/**
 * One transaction on one connection. `send` writes the statement at once and does not wait for those before it (the connection pipelines):
 * statements that do not need each other's answers cost one round trip together, COMMIT included.
 */
export class Session {
  private readonly sent: Promise<pg.QueryResult>[] = [];

  /** `named`: whether names of statements hold on this connection; see `carriesNames`. */
  constructor(
    private readonly client: pg.PoolClient,
    private readonly named: boolean,
  ) {}

  /** Not waited for; if it fails, the transaction fails. */
  send(statement: Statement): void {
    void this.query(statement);
  }

  query<R extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<R>> {
    const result = this.client.query<R>(this.named ? statement : unnamed(statement));
    result.catch(() => {});
    this.sent.push(result);
    return result;
  }

  async rows<R extends pg.QueryResultRow>(statement: Statement): Promise<R[]> {
    return (await this.query<R>(statement)).rows;
  }

  /** BEGIN, the work, COMMIT. Rejects with the first real failure. */
  async run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.send({ text: 'begin' });
    let result: T;
    try {
      result = await work(this);
    } catch (error) {
      throw (await this.firstFailure()) ?? error;
    }
    const commit = this.query({ text: 'commit' });
    const failure = await this.firstFailure();
    if (failure !== undefined) throw failure;
    // The COMMIT of a failed transaction resolves all the same, as ROLLBACK (library-notes section 7).
    if ((await commit).command !== 'COMMIT') throw new Error('the transaction was rolled back by the server');
    return result;
  }

  /** True when the connection may be used again. */
  async rollBack(): Promise<boolean> {
    await Promise.allSettled(this.sent);
    return this.client.query('rollback').then(
      () => true,
      () => false,
    );
  }

  private async firstFailure(): Promise<unknown> {
    const failures = (await Promise.allSettled(this.sent)).filter((result) => result.status === 'rejected');
    return (failures.find(({ reason }) => !isAftermath(reason)) ?? failures[0])?.reason;
  }
}
