import { noWebhooks, type Day, type DayOfWebhooks, type WebhookCountLog, type WebhookTally } from '@ferry/recording';
import type { Database } from '../database.js';

type Row = Readonly<Record<'received' | 'created' | 'duplicates' | 'rejected' | 'response_ms', string>>;

export class PostgresWebhookCountLog implements WebhookCountLog {
  constructor(private readonly database: Database) {}

  /** A transaction for each tenant, its days in order, so that two processes wait for each other instead of deadlocking. */
  async record(counts: readonly DayOfWebhooks[]): Promise<void> {
    for (const [tenantId, days] of Map.groupBy(counts, (count) => count.tenantId))
      await this.database.tenant(tenantId, async (session) => {
        for (const count of [...days].sort((a, b) => (a.day < b.day ? -1 : 1)))
          session.send({
            text: `insert into recording.webhook_counts as c (tenant_id, day, received, created, duplicates, rejected, response_ms)
              values ($1, $2, $3, $4, $5, $6, $7)
              on conflict (tenant_id, day) do update set received = c.received + excluded.received,
                created = c.created + excluded.created, duplicates = c.duplicates + excluded.duplicates,
                rejected = c.rejected + excluded.rejected, response_ms = c.response_ms + excluded.response_ms`,
            values: [
              tenantId,
              count.day,
              count.received,
              count.created,
              count.duplicates,
              count.rejected,
              Math.round(count.ms),
            ],
          });
      });
  }

  async read(tenantId: string, day: Day): Promise<WebhookTally> {
    const [row] = await this.database.tenant(tenantId, (session) =>
      session.rows<Row>({
        text: `select received, created, duplicates, rejected, response_ms from recording.webhook_counts
          where tenant_id = $1 and day = $2`,
        values: [tenantId, day],
      }),
    );
    return row ? tallyOf(row) : noWebhooks;
  }
}

const tallyOf = ({ received, created, duplicates, rejected, response_ms }: Row): WebhookTally => ({
  received: Number(received),
  created: Number(created),
  duplicates: Number(duplicates),
  rejected: Number(rejected),
  ms: Number(response_ms),
});
