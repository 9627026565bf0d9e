import type { AgedReference, AgedReferences, ForgottenReference, TenantId } from '@ferry/recording';
import type { Database } from '../database.js';
import { referenceHash } from './reference-hash.js';

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

  async forget(tenantId: TenantId, references: readonly string[], before: Date): Promise<number> {
    const [row] = await this.app.tenant(tenantId, (session) =>
      session.rows<{ count: string }>({
        // In the order in which they are recorded. What another clean-up holds is left to it.
        text: `with old as (
            select reference_number from recording.payment_references
            where tenant_id = $1 and reference_number = any($2) and created_at < $3
            order by reference_number collate "C" for update skip locked),
          gone as (
            delete from recording.payment_references r using old
            where r.tenant_id = $1 and r.reference_number = old.reference_number returning r.reference_number, r.payment_date),
          kept as (
            insert into recording.forgotten_references (tenant_id, hash, payment_date)
            select $1, ${referenceHash('reference_number')}, payment_date from gone on conflict do nothing)
          select count(*) from gone`,
        values: [tenantId, references, before.toISOString()],
      }),
    );
    return Number(row?.count ?? 0);
  }

  async findForgotten(before: Date, limit: number): Promise<readonly ForgottenReference[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: TenantId; hash: Buffer }>({
        text: 'select tenant_id, hash from recording.forgotten_references where payment_date < $1 limit $2',
        values: [before.toISOString(), limit],
      }),
    );
    return rows.map(({ tenant_id, hash }) => ({ tenantId: tenant_id, hash: hash.toString('hex') }));
  }

  forgetForGood(tenantId: TenantId, hashes: readonly string[], before: Date): Promise<number> {
    return this.app.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        // A month that is there may just be coming back, so its references stay. It cannot come between our look and our commit: making it takes
        // a lock on the payments that this statement, which names them, holds against it.
        text: `delete from recording.forgotten_references f
          where f.tenant_id = $1 and f.hash = any($2) and f.payment_date < $3
            and to_regclass(to_char(f.payment_date at time zone 'UTC', '"recording.payments_y"YYYY"m"MM')) is null and not exists (
            select from recording.payments p where p.tenant_id = $1 and p.payment_date = f.payment_date)`,
        values: [tenantId, hashes.map((hash) => Buffer.from(hash, 'hex')), before.toISOString()],
      });
      return rowCount ?? 0;
    });
  }
}
