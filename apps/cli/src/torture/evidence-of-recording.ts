import type pg from 'pg';
import { STAGING_TABLE } from './stage/prepare.js';

export interface RecordedRow {
  readonly id: string;
  readonly reference: string;
  readonly source: string;
  readonly amount_minor: string;
  readonly loan_account_number: string;
  readonly payment_date: Date;
}

export interface StagingRow {
  readonly id: string;
  readonly reference: string;
  readonly processed: boolean | null;
  /** That it cannot be recorded is noted. */
  readonly bad: boolean;
}

/** A batch that is done. */
export interface BatchRow {
  readonly id: string;
  readonly retry: boolean;
  readonly total: number;
  readonly processed: number;
  readonly duplicates: number;
  readonly errors: number;
}

/** What is there of recorded payments and of staging when all is over. */
export interface RecordedEvidence {
  readonly payments: readonly RecordedRow[];
  readonly rows: readonly StagingRow[];
  readonly batches: readonly BatchRow[];
  readonly batchesFailed: number;
}

export async function gatherRecorded(client: pg.Client): Promise<RecordedEvidence> {
  const rows = async <R extends pg.QueryResultRow>(text: string): Promise<readonly R[]> =>
    (await client.query<R>(text)).rows;
  const batches = await rows<BatchRow & { readonly status: string } & pg.QueryResultRow>(
    `select id, retry, status, total_records as total, processed_records as processed, duplicate_records as duplicates,
      error_records as errors from recording.staging_process_log order by started_at`,
  );
  return {
    payments: await rows<RecordedRow & pg.QueryResultRow>(
      `select id, reference_number as reference, source, amount_minor, loan_account_number, payment_date
       from recording.payments order by id`,
    ),
    rows: await rows<StagingRow & pg.QueryResultRow>(
      `select s.id, s.reference_number as reference, s.processed, e.row_id is not null as bad from ${STAGING_TABLE} s
       left join recording.staging_errors e on e.tenant_id = 'default' and e.table_name = '${STAGING_TABLE}' and e.row_id = s.id
       order by s.id`,
    ),
    batches: batches.filter(({ status }) => status === 'completed'),
    batchesFailed: batches.filter(({ status }) => status === 'failed').length,
  };
}
