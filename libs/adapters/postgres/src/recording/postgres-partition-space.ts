import type { Database } from '../database.js';

/** What the months of recorded payments take, and how far they reach. */
export interface PartitionSpace {
  /** With their indexes. On Citus that of the coordinator, which holds none of them. */
  readonly bytes: number;
  /** From then on there is no month yet; undefined when there is no month at all. */
  readonly madeUntil: Date | undefined;
}

export class PostgresPartitionSpace {
  constructor(private readonly sweeper: Database) {}

  async read(): Promise<PartitionSpace> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ bytes: string; last_month: string | null }>({
        text: `select coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes,
            max(substring(c.relname from '^payments_y([0-9]{4}m[0-9]{2})$')) as last_month
          from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'recording.payments'::regclass`,
      }),
    );
    return { bytes: Number(row?.bytes ?? 0), madeUntil: row?.last_month ? monthAfter(row.last_month) : undefined };
  }
}

/** Of `2026m02`. */
function monthAfter(month: string): Date {
  const [year = 0, number = 0] = month.split('m').map(Number);
  return new Date(Date.UTC(year, number, 1));
}
