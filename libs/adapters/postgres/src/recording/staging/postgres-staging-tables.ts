import {
  RowsRefused,
  type BatchOutcome,
  type DueRow,
  type StagingBatch,
  type StagingRow,
  type StagingSource,
  type StagingTables,
} from '@ferry/recording';
import type { Database } from '../../database.js';
import { timestamp } from '../../payment-row.js';
import { batchOutcomeOf, recordStaged, type StagedAnswer } from './record-staged.js';
import { dueRowOf, stagingColumns, stagingRowOf, type DueTableRow, type StagingTableRow } from './staging-row.js';
import { quotedTable } from './table-name.js';

/** Data exceptions, values that a column cannot have, and sizes. */
const isOfTheRows = (error: unknown): boolean =>
  /^(22...|23502|23514|54...)$/.test(String((error as { code?: unknown } | null)?.code));

export class PostgresStagingTables implements StagingTables {
  constructor(private readonly database: Database) {}

  async peek({ tenantId, table }: StagingSource, after: bigint, limit: number): Promise<readonly StagingRow[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<StagingTableRow>({
        name: `staging-peek ${table}`,
        text: `select ${stagingColumns} from ${quotedTable(table)} t where t.id > $1 and t.processed is not true order by t.id limit $2`,
        values: [after, limit],
      }),
    );
    return rows.map((row) => stagingRowOf(row, 0));
  }

  async due({ tenantId, table }: StagingSource, now: Date, limit: number): Promise<readonly DueRow[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<DueTableRow>({
        text: `select e.row_id, e.attempts, t.id is null as gone, ${stagingColumns} from (
            select row_id, attempts from recording.staging_errors
            where tenant_id = $1 and table_name = $2 and next_attempt_at <= $3 order by next_attempt_at limit $4) e
          left join ${quotedTable(table)} t on t.id = e.row_id order by e.row_id`,
        values: [tenantId, table, now.toISOString(), limit],
      }),
    );
    return rows.map(dueRowOf);
  }

  async record(source: StagingSource, batch: StagingBatch): Promise<BatchOutcome> {
    const answers = await this.database.statement<StagedAnswer>(recordStaged(source, batch)).catch((error: unknown) => {
      throw isOfTheRows(error) ? new RowsRefused((error as Error).message, { cause: error }) : error;
    });
    return batchOutcomeOf(batch, answers);
  }

  async fail({ tenantId, table }: StagingSource, batch: StagingBatch, now: Date, error: string): Promise<void> {
    const { id, retry, startedAt, rows } = batch;
    await this.database.tenant(tenantId, async (session) => {
      session.send({
        text: `insert into recording.staging_process_log
            (tenant_id, id, source, retry, batch_start_id, batch_end_id, total_records, status, started_at, completed_at, error_details)
          values ($1, $2, $3, $4, $5, $6, $7, 'failed', $8, $9, $10)`,
        values: [
          tenantId,
          id,
          table,
          retry,
          rows[0]?.id,
          rows.at(-1)?.id,
          rows.length,
          timestamp(startedAt),
          timestamp(now),
          JSON.stringify({ error }),
        ],
      });
    });
  }

  async waiting({ tenantId, table }: StagingSource, max: number): Promise<number> {
    const [row] = await this.database.tenant(tenantId, (session) =>
      session.rows<{ count: string }>({
        text: `select count(*) from (select from ${quotedTable(table)} where processed is not true limit $1) as counted`,
        values: [max],
      }),
    );
    return Number(row?.count ?? 0);
  }
}
