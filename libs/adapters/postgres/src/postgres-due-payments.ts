import type { DuePayment, DuePayments, PaymentId, TenantId } from '@ferry/payments';
import type { Database } from './database.js';

interface Candidate {
  tenant_id: TenantId;
  id: PaymentId;
}

/**
 * Finds candidates of all tenants without a lock, as the sweeper's role; then enters each tenant, looks again under the lock and
 * skips what another sweeper holds. The same statements run on Citus.
 */
export class PostgresDuePayments implements DuePayments {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async claim(limit: number, now: Date, until: Date): Promise<readonly DuePayment[]> {
    const candidates = await this.sweeper.transaction((session) =>
      session.rows<Candidate>({
        name: 'sweep-candidates',
        text: `select tenant_id, id from payments.payments where sweep_at <= $1 order by sweep_at limit $2`,
        values: [now.toISOString(), limit],
      }),
    );
    const claimed: DuePayment[] = [];
    for (const [tenantId, group] of Map.groupBy(candidates, ({ tenant_id }) => tenant_id))
      claimed.push(...(await this.claimOf(tenantId, group, now, until)));
    return claimed;
  }

  private claimOf(tenantId: TenantId, group: readonly Candidate[], now: Date, until: Date): Promise<DuePayment[]> {
    return this.app.tenant(tenantId, async (session) => {
      const rows = await session.rows<{ id: PaymentId; correlation_id: string; traceparent: string }>({
        name: 'sweep-claim',
        text: `update payments.payments set sweep_at = $4
          where tenant_id = $1 and id in (
            select id from payments.payments where tenant_id = $1 and id = any($2) and sweep_at <= $3 order by id
            for update skip locked)
          returning id, correlation_id, traceparent`,
        values: [tenantId, group.map(({ id }) => id), now.toISOString(), until.toISOString()],
      });
      return rows.map((row) => ({
        tenantId,
        paymentId: row.id,
        origin: { correlationId: row.correlation_id, traceparent: row.traceparent },
      }));
    });
  }

  async parked(limit: number, after?: { tenantId: TenantId; paymentId: PaymentId }): Promise<readonly DuePayment[]> {
    const candidates = await this.sweeper.transaction((session) =>
      session.rows<Candidate>({
        name: 'parked-candidates',
        text: `select tenant_id, id from payments.payments
          where attention is not null and next_attempt_at is null and status in ('PENDING', 'PROCESSING')
            and (tenant_id, id) > ($1, $2)
          order by tenant_id, id limit $3`,
        values: [after?.tenantId ?? '', after?.paymentId ?? '00000000-0000-0000-0000-000000000000', limit],
      }),
    );
    const parked: DuePayment[] = [];
    for (const [tenantId, group] of Map.groupBy(candidates, ({ tenant_id }) => tenant_id))
      parked.push(...(await this.originsOf(tenantId, group)));
    return parked;
  }

  private originsOf(tenantId: TenantId, group: readonly Candidate[]): Promise<DuePayment[]> {
    return this.app.tenant(tenantId, async (session) => {
      const rows = await session.rows<{ id: PaymentId; correlation_id: string; traceparent: string }>({
        name: 'payment-origins',
        text: `select id, correlation_id, traceparent from payments.payments where tenant_id = $1 and id = any($2) order by id`,
        values: [tenantId, group.map(({ id }) => id)],
      });
      return rows.map((row) => ({
        tenantId,
        paymentId: row.id,
        origin: { correlationId: row.correlation_id, traceparent: row.traceparent },
      }));
    });
  }
}
