import {
  startOfMonth,
  type DropCondition,
  type DropOutcome,
  type KeptMonth,
  type Month,
  type PaymentMonths,
} from '@ferry/recording';
import type { Database } from '../database.js';

interface MonthRow {
  name: string;
  rows: string;
  bytes: string;
  kept_until: Date | null;
}

const monthOfName = (name: string): Month => name.slice(-'2026m09'.length).replace('m', '-') as Month;

const keptMonthOf = ({ name, rows, bytes, kept_until }: MonthRow): KeptMonth => ({
  month: monthOfName(name),
  rows: Number(rows),
  bytes: Number(bytes),
  keptUntil: kept_until ?? undefined,
});

/** As the sweeper's role, by functions that run as the owner. `sweeper` must give a statement the time to move or count a month. */
export class PostgresPaymentMonths implements PaymentMonths {
  constructor(private readonly sweeper: Database) {}

  async list(): Promise<readonly KeptMonth[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<MonthRow>({
        text: `select c.relname as name, greatest(c.reltuples, 0)::bigint as rows, pg_total_relation_size(c.oid) as bytes,
            recording.kept_until(c.relname) as kept_until
          from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = 'recording.payments'::regclass and c.relname ~ '^payments_y[0-9]{4}m[0-9]{2}$' order by 1`,
      }),
    );
    return rows.map(keptMonthOf);
  }

  async countStrays(): Promise<number> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ strays: string }>({ text: 'select recording.count_strays() as strays' }),
    );
    return Number(row?.strays ?? 0);
  }

  async strayMonths(limit: number): Promise<readonly Month[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<{ month: Month }>({
        text: `select to_char(m at time zone 'UTC', 'YYYY-MM') as month from recording.stray_months($1) as m`,
        values: [limit],
      }),
    );
    return rows.map(({ month }) => month);
  }

  async make(month: Month, keptUntil?: Date): Promise<boolean> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ made: number }>({
        text: 'select recording.make_partitions($1, 0, $2) as made',
        values: [startOfMonth(month).toISOString(), keptUntil?.toISOString()],
      }),
    );
    return row?.made === 1;
  }

  async drop(month: Month, { now, retentionMonths, rows }: DropCondition): Promise<DropOutcome> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ outcome: DropOutcome }>({
        text: 'select recording.drop_partition($1, $2, $3, $4) as outcome',
        values: [startOfMonth(month).toISOString(), now.toISOString(), retentionMonths, rows],
      }),
    );
    if (!row) throw new Error('recording.drop_partition answered nothing');
    return row.outcome;
  }
}
