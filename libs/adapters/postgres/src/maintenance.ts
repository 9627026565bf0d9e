import type { Database } from './database.js';

/** Months of partitions that exist ahead of now when nobody says otherwise. */
export const PARTITION_MONTHS_AHEAD = 3;
/** Rows deleted in one transaction: short enough not to be felt. */
const DELETE_BATCH = 1_000;

/** What keeps the tables in shape; every method may run anywhere, any number of times. */
export class PostgresMaintenance {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  /** Makes partitions ahead; answers how many were missing. */
  async makePartitions(now: Date, monthsAhead = PARTITION_MONTHS_AHEAD): Promise<number> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ made: number }>({
        text: 'select payments.make_partitions($1, $2) + tenancy.make_audit_partitions($1, $2) as made',
        values: [now.toISOString(), monthsAhead],
      }),
    );
    return row?.made ?? 0;
  }

  /** Rows that no monthly partition took; each means that `makePartitions` did not run in time. */
  async countStrays(): Promise<number> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ strays: string }>({
        text: 'select payments.count_strays() + tenancy.count_audit_strays() + recording.count_strays() as strays',
      }),
    );
    return Number(row?.strays ?? 0);
  }

  /** Drops months of the audit log that nobody has to keep; answers how many. A tenant may ask for longer than `days`. */
  async dropAudit(now: Date, days: number): Promise<number> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ dropped: number }>({
        text: 'select tenancy.drop_audit_partitions($1, $2) as dropped',
        values: [now.toISOString(), days],
      }),
    );
    return row?.dropped ?? 0;
  }

  /** Payments that want an operator's eye, counted to `max`. */
  async countAttention(max: number): Promise<number> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ count: string }>({
        name: 'count-attention',
        text: `select count(*) from (select tenant_id from payments.payments where attention is not null limit $1) as counted`,
        values: [max],
      }),
    );
    return Number(row?.count ?? 0);
  }

  /** Forgets one batch of expired idempotency keys; answers how many. */
  async forgetExpiredKeys(now: Date): Promise<number> {
    const candidates = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: string; idempotency_key: string }>({
        text: `select tenant_id, idempotency_key from payments.idempotency_keys where expires_at <= $1 limit $2`,
        values: [now.toISOString(), DELETE_BATCH],
      }),
    );
    let forgotten = 0;
    for (const [tenantId, group] of Map.groupBy(candidates, ({ tenant_id }) => tenant_id))
      forgotten += await this.app.tenant(tenantId, async (session) => {
        const { rowCount } = await session.query({
          text: `delete from payments.idempotency_keys where tenant_id = $1 and idempotency_key = any($2) and expires_at <= $3`,
          values: [tenantId, group.map(({ idempotency_key }) => idempotency_key), now.toISOString()],
        });
        return rowCount ?? 0;
      });
    return forgotten;
  }
}
