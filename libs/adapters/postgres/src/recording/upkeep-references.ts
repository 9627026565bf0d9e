import { startOfMonth, type AgedReference, type AgedReferences, type Month, type TenantId } from '@ferry/recording';
import type { Database } from '../database.js';
import { tenantPages } from './upkeep-tenant-pages.js';

/** Finds as the sweeper's role, over all tenants and without a lock; forgets as the app, a tenant at a time. */
export class PostgresAgedReferences implements AgedReferences {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async find(before: Date, limit: number): Promise<readonly AgedReference[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: TenantId; reference_number: string }>({
        text: 'select tenant_id, reference_number from recording.payment_references where created_at < $1 limit $2',
        values: [before.toISOString(), limit],
      }),
    );
    return rows.map(({ tenant_id, reference_number }) => ({ tenantId: tenant_id, referenceNumber: reference_number }));
  }

  forget(tenantId: TenantId, references: readonly string[], before: Date): Promise<number> {
    return this.app.tenant(tenantId, async (session) => {
      // In the order in which they are recorded. What another clean-up holds is left to it.
      const [gone] = await session.rows<{ count: string; first: string | null; last: string | null }>({
        text: `with old as (
            select reference_number from recording.payment_references
            where tenant_id = $1 and reference_number = any($2) and created_at < $3
            order by reference_number collate "C" for update skip locked),
          gone as (
            delete from recording.payment_references r using old
            where r.tenant_id = $1 and r.reference_number = old.reference_number returning r.payment_date)
          select count(*), min(payment_date)::text as first, max(payment_date)::text as last from gone`,
        values: [tenantId, references, before.toISOString()],
      });
      if (gone?.first == null) return 0;
      session.send({
        text: `insert into recording.forgotten_references as f (tenant_id, first_date, last_date) values ($1, $2, $3)
          on conflict (tenant_id) do update
            set first_date = least(f.first_date, excluded.first_date), last_date = greatest(f.last_date, excluded.last_date)`,
        values: [tenantId, gone.first, gone.last],
      });
      return Number(gone.count);
    });
  }

  tenantsBefore(month: Month): AsyncGenerator<readonly TenantId[]> {
    return tenantPages((after, limit) =>
      this.sweeper.transaction((session) =>
        session.rows<{ tenant_id: TenantId }>({
          text: `select tenant_id from recording.forgotten_references where first_date < $1 and tenant_id > $2 order by tenant_id limit $3`,
          values: [startOfMonth(month).toISOString(), after, limit],
        }),
      ),
    );
  }

  async narrow(tenantId: TenantId): Promise<void> {
    await this.app.tenant(tenantId, async (session) => {
      // Whoever forgets a reference of this tenant meanwhile waits, and then widens what this leaves.
      await session.query({
        text: 'select from recording.forgotten_references where tenant_id = $1 for update',
        values: [tenantId],
      });
      session.send({
        text: `update recording.forgotten_references f set first_date = (
            select min(p.payment_date) from recording.payments p where p.tenant_id = $1 and p.payment_date between f.first_date and f.last_date)
          where f.tenant_id = $1 and exists (
            select from recording.payments p where p.tenant_id = $1 and p.payment_date between f.first_date and f.last_date)`,
        values: [tenantId],
      });
      session.send({
        text: `delete from recording.forgotten_references f where f.tenant_id = $1 and not exists (
            select from recording.payments p where p.tenant_id = $1 and p.payment_date between f.first_date and f.last_date)`,
        values: [tenantId],
      });
    });
  }
}
