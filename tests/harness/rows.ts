import pg from 'pg';
import type { ToldEvent } from '../../apps/cli/src/torture/kafka-events.js';

/** A payment's row, as far as tests compare it with what clients and consumers were told. */
export interface PaymentRow {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly version: number;
  readonly createdAt: Date;
  /** From creation to the last change. */
  readonly ms: number;
}

/** Looks at the tables as the administrator, beside the processes and not by their way. */
export class Rows {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 2 });
    this.pool.on('error', () => {});
  }

  async payments(): Promise<readonly PaymentRow[]> {
    const { rows } = await this.pool.query<PaymentRow>(
      `select id, reference, status, version, created_at as "createdAt",
         (extract(epoch from updated_at - created_at) * 1000)::float as ms from payments.payments order by id`,
    );
    return rows;
  }

  /** Ids of recorded payments by their reference numbers; fails when one of these stands twice. */
  async recorded(): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.pool.query<{ id: string; reference: string }>(
      'select id, reference_number as reference from recording.payments',
    );
    const ids = new Map(rows.map(({ id, reference }) => [reference, id]));
    if (ids.size !== rows.length)
      throw new Error(`${rows.length} recorded payments have ${ids.size} reference numbers`);
    return ids;
  }

  open(): Promise<number> {
    return this.count(`payments.payments where status in ('PENDING', 'PROCESSING')`);
  }

  waitingEvents(): Promise<number> {
    return this.count('messaging.outbox');
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async count(what: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(`select count(*)::int as count from ${what}`);
    return rows[0]?.count ?? Number.NaN;
  }
}

/** What is wrong with what a consumer saw, duplicates dropped: a version that is missing, out of order, or of no payment. */
export function faultsOfTold(events: readonly ToldEvent[], payments: readonly PaymentRow[]): string[] {
  const seen = new Map<string, ToldEvent[]>();
  for (const event of events) {
    const known = seen.get(event.paymentId) ?? [];
    if (!known.some(({ eventId }) => eventId === event.eventId)) seen.set(event.paymentId, [...known, event]);
  }
  const faults = payments.flatMap(({ id, version }) => {
    const versions = (seen.get(id) ?? []).map((event) => event.version).join();
    const due = Array.from({ length: version }, (_, i) => i + 1).join();
    return versions === due ? [] : [`${id}: told [${versions}], due [${due}]`];
  });
  const ids = new Set(payments.map(({ id }) => id));
  return [...faults, ...[...seen.keys()].filter((id) => !ids.has(id)).map((id) => `${id} is not there`)];
}
