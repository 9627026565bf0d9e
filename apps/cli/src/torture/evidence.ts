import pg from 'pg';
import { gatherRecorded, type RecordedEvidence } from './evidence-of-recording.js';
import { readTopic, type ToldEvent } from './kafka-events.js';
import type { Stage } from './stage/stage.js';

export interface PaymentRow {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly attention: string | null;
}

export interface HistoryRow {
  readonly payment_id: string;
  readonly version: number;
  readonly to_status: string;
  readonly event_id: string;
}

export interface KeyRow {
  readonly idempotency_key: string;
  readonly payment_id: string;
}

/** What is there when all is over: the database read as an administrator, and the topic from its beginning. */
export interface Evidence {
  readonly payments: readonly PaymentRow[];
  readonly history: readonly HistoryRow[];
  readonly keys: readonly KeyRow[];
  readonly recording: RecordedEvidence;
  /** Events that the outbox still holds. */
  readonly waitingEvents: number;
  /** In the order of each partition; undefined where there is no Kafka. */
  readonly events: readonly ToldEvent[] | undefined;
}

export async function gatherEvidence(stage: Stage): Promise<Evidence> {
  const client = new pg.Client({ connectionString: await stage.adminUrl() });
  await client.connect();
  try {
    const rows = async <R extends pg.QueryResultRow>(text: string): Promise<readonly R[]> =>
      (await client.query<R>(text)).rows;
    const [outbox] = await rows<{ waiting: number }>('select count(*)::int as waiting from messaging.outbox');
    return {
      payments: await rows<PaymentRow & pg.QueryResultRow>(
        'select id, reference, status, attention from payments.payments order by id',
      ),
      history: await rows<HistoryRow & pg.QueryResultRow>(
        'select payment_id, version, to_status, event_id from payments.payment_history order by payment_id, version',
      ),
      keys: await rows<KeyRow & pg.QueryResultRow>('select idempotency_key, payment_id from payments.idempotency_keys'),
      recording: await gatherRecorded(client),
      waitingEvents: outbox?.waiting ?? 0,
      events: stage.kafkaBrokers === undefined ? undefined : await readTopic(stage.kafkaBrokers),
    };
  } finally {
    await client.end();
  }
}
