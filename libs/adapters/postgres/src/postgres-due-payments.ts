import type { DuePayment, DuePayments, PaymentId, TenantId } from '@ferry/payments';
import type { Database } from './database.js';

interface Candidate {
  tenant_id: TenantId;
  id: PaymentId;
}

/** Finds tenants without a lock, as the sweeper's role; then enters each tenant and skips what another sweeper holds. The same statements run on Citus. */
export class PostgresDuePayments implements DuePayments {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async tenants(limit: number, now: Date, after: TenantId = ''): Promise<readonly TenantId[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: TenantId }>({
        name: 'sweep-tenants',
        // One look into the index a tenant, however much waits there: see `outbox-tenants`.
        text: `select h.tenant_id from tenancy.tenant_home h cross join lateral (
            select from payments.payments p where p.tenant_id = h.tenant_id and p.sweep_at <= $1
            order by p.tenant_id, p.sweep_at limit 1) as due
          where h.tenant_id > $2 order by h.tenant_id limit $3`,
        values: [now.toISOString(), after, limit],
      }),
    );
    return rows.map(({ tenant_id }) => tenant_id);
  }

  async claim(tenantId: TenantId, limit: number, now: Date, until: Date): Promise<readonly DuePayment[]> {
    const rows = await this.app.tenant(tenantId, (session) =>
      session.rows<{ id: PaymentId; correlation_id: string; traceparent: string }>({
        name: 'sweep-claim',
        text: `update payments.payments set sweep_at = $3
          where tenant_id = $1 and id in (
            select id from payments.payments where tenant_id = $1 and sweep_at <= $2 order by sweep_at limit $4
            for update skip locked)
          returning id, correlation_id, traceparent`,
        values: [tenantId, now.toISOString(), until.toISOString(), limit],
      }),
    );
    return rows.map((row) => ({
      tenantId,
      paymentId: row.id,
      origin: { correlationId: row.correlation_id, traceparent: row.traceparent },
    }));
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
