import { isoTime } from '@ferry/kernel';
import type {
  Told,
  RejectedWebhook,
  RejectedWebhookQuery,
  RejectedWebhookRetention,
  RejectedWebhooks,
  Rejection,
  TenantId,
} from '@ferry/recording';
import type { Database } from '../database.js';
import { tell } from '../tenancy/tell.js';
import { rejectedWebhookColumns, rejectedWebhookOf, type RejectedWebhookRow } from './rejected-webhook-row.js';

export class PostgresRejectedWebhooks implements RejectedWebhooks {
  constructor(private readonly database: Database) {}

  async keep(rejection: Rejection, keptMax: number): Promise<'kept' | 'again' | 'full'> {
    const { tenantId, channel, receivedAt } = rejection;
    const [row] = await this.database.tenant(tenantId, (session) =>
      session.rows<{ times: number }>({
        name: 'webhook-reject',
        text: `insert into recording.rejected_webhooks as r (tenant_id, id, channel, channel_version, business_unit_id, received_at,
            last_received_at, times, reason, faults, content_type, body, body_hash)
          select h.tenant_id, $2::uuid, $3::varchar, $4::integer, $5, $6::timestamptz, $6, 1, $7, $8::json, $9, $10, $11::varchar
          from tenancy.tenant_home h
          where h.tenant_id = $1 and (
            (select count(*) from (select from recording.rejected_webhooks w
              where w.tenant_id = $1 and w.channel = $3 and w.replayed_at is null limit $12) waiting) < $12
            or exists (select from recording.rejected_webhooks s where s.tenant_id = $1 and s.channel = $3 and s.body_hash = $11))
          on conflict (tenant_id, channel, body_hash) do update set times = r.times + 1, last_received_at = excluded.last_received_at,
            reason = excluded.reason, faults = excluded.faults, channel_version = excluded.channel_version
          returning times`,
        values: [
          tenantId,
          rejection.id,
          channel,
          rejection.channelVersion,
          rejection.businessUnitId,
          isoTime(receivedAt),
          rejection.reason,
          JSON.stringify(rejection.faults),
          rejection.contentType,
          rejection.body ?? null,
          rejection.bodyHash,
          keptMax,
        ],
      }),
    );
    if (!row) return 'full';
    return row.times === 1 ? 'kept' : 'again';
  }

  async find(tenantId: TenantId, id: string): Promise<RejectedWebhook | undefined> {
    const [row] = await this.database.tenant(tenantId, (session) =>
      session.rows<RejectedWebhookRow>({
        name: 'rejected-webhook-find',
        text: `select ${rejectedWebhookColumns} from recording.rejected_webhooks where tenant_id = $1 and id = $2`,
        values: [tenantId, id],
      }),
    );
    return row && rejectedWebhookOf(tenantId, row);
  }

  async list(tenantId: TenantId, query: RejectedWebhookQuery): Promise<readonly RejectedWebhook[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<RejectedWebhookRow>({
        name: 'rejected-webhooks-list',
        text: `select ${rejectedWebhookColumns} from recording.rejected_webhooks where tenant_id = $1
            and ($2::varchar is null or channel = $2) and ($3::varchar is null or business_unit_id = $3)
            and ($4::uuid is null or id < $4)
          order by id desc limit $5`,
        values: [tenantId, query.channel ?? null, query.businessUnitId ?? null, query.before ?? null, query.limit],
      }),
    );
    return rows.map((row) => rejectedWebhookOf(tenantId, row));
  }

  markReplayed(tenantId: TenantId, id: string, told: Told): Promise<boolean> {
    return this.database.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        text: `update recording.rejected_webhooks set replayed_at = $3 where tenant_id = $1 and id = $2 and replayed_at is null`,
        values: [tenantId, id, isoTime(told.at)],
      });
      if (rowCount === 0) return false;
      await tell(session, tenantId, [told]);
      return true;
    });
  }
}

/** Rows deleted in one round: short enough not to be felt. */
const FORGET_BATCH = 1_000;

/** Found as the sweeper, deleted tenant by tenant as the app. */
export class PostgresRejectedWebhookRetention implements RejectedWebhookRetention {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async forget(before: Date): Promise<number> {
    const candidates = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: string; id: string }>({
        text: `select tenant_id, id from recording.rejected_webhooks where last_received_at < $1 limit $2`,
        values: [isoTime(before), FORGET_BATCH],
      }),
    );
    let forgotten = 0;
    for (const [tenantId, group] of Map.groupBy(candidates, ({ tenant_id }) => tenant_id))
      forgotten += await this.app.tenant(tenantId, async (session) => {
        const { rowCount } = await session.query({
          text: `delete from recording.rejected_webhooks where tenant_id = $1 and id = any($2) and last_received_at < $3`,
          values: [tenantId, group.map(({ id }) => id), isoTime(before)],
        });
        return rowCount ?? 0;
      });
    return forgotten;
  }
}
