import { isoTime } from '@ferry/kernel';
import type { ErrorsOfTable, ErrorsPage, ListedError, StagingErrors, Told } from '@ferry/recording';
import type { Database } from '../../database.js';
import { tell } from '../../tenancy/tell.js';

interface ErrorRow {
  readonly table_name: string;
  readonly row_id: string;
  readonly attempts: number;
  readonly reason: string;
  readonly next_attempt_at: Date | null;
  readonly shown_row: string;
  readonly first_at: Date;
  readonly last_at: Date;
}

export class PostgresStagingErrors implements StagingErrors {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async list(tenantId: string, { limit, givenUp = false, after }: ErrorsPage): Promise<readonly ListedError[]> {
    const rows = await this.app.tenant(tenantId, (session) =>
      session.rows<ErrorRow>({
        text: `select table_name, row_id, attempts, reason, next_attempt_at, shown_row::text, first_at, last_at
          from recording.staging_errors where tenant_id = $1 and (table_name, row_id) > ($2, $3)
            and (not $4 or next_attempt_at is null) order by table_name, row_id limit $5`,
        values: [tenantId, after?.table ?? '', after?.id ?? 0n, givenUp, limit],
      }),
    );
    return rows.map((row) => ({
      table: row.table_name,
      id: BigInt(row.row_id),
      attempts: row.attempts,
      reason: row.reason,
      nextAttemptAt: row.next_attempt_at ?? undefined,
      shown: row.shown_row,
      firstAt: row.first_at,
      lastAt: row.last_at,
    }));
  }

  async retry({ tenantId, table, ids }: ErrorsOfTable, now: Date, told: (count: number) => Told): Promise<number> {
    return this.app.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        text: `update recording.staging_errors set attempts = 0, next_attempt_at = $3
          where tenant_id = $1 and table_name = $2 and (row_id = any ($4) or ($4 is null and next_attempt_at is null))`,
        values: [tenantId, table, isoTime(now), ids],
      });
      const count = rowCount ?? 0;
      if (count > 0) await tell(session, tenantId, [told(count)]);
      return count;
    });
  }

  async countGivenUp(max: number): Promise<number> {
    const [row] = await this.sweeper.transaction((session) =>
      session.rows<{ count: string }>({
        name: 'staging-given-up',
        text: 'select count(*) from (select tenant_id from recording.staging_errors where next_attempt_at is null limit $1) as counted',
        values: [max],
      }),
    );
    return Number(row?.count ?? 0);
  }
}
