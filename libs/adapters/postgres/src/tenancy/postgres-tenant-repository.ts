import { isoTime } from '@ferry/kernel';
import type {
  AuditEntry,
  BusinessUnit,
  Tenant,
  TenantAddition,
  TenantChange,
  TenantId,
  TenantRepository,
} from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { Session, Statement } from '../session.js';
import { insertKeys } from './key-row.js';
import { tell } from './tell.js';
import { tenantColumns, tenantOf, type TenantRow } from './tenant-row.js';

export class PostgresTenantRepository implements TenantRepository {
  constructor(private readonly database: Database) {}

  async add(additions: readonly TenantAddition[]): Promise<readonly ('added' | 'exists')[]> {
    const outcomes: ('added' | 'exists')[] = [];
    for (const addition of additions)
      outcomes.push(await this.database.tenant(addition.tenant.id, (session) => addOne(session, addition)));
    return outcomes;
  }

  async find(ids: readonly TenantId[]): Promise<readonly (Tenant | undefined)[]> {
    return Promise.all(
      ids.map((id) =>
        this.database.tenant(id, async (session) => {
          const [row] = await session.rows<TenantRow>({
            name: 'tenant-find',
            text: `select ${tenantColumns} from tenancy.tenants where tenant_id = $1`,
            values: [id],
          });
          return row && tenantOf(row);
        }),
      ),
    );
  }

  change(id: TenantId, decide: (tenant: Tenant) => TenantChange | undefined): Promise<Tenant | undefined> {
    return this.database.tenant(id, async (session) => {
      const [row] = await session.rows<TenantRow>({
        text: `select ${tenantColumns} from tenancy.tenants where tenant_id = $1 for update`,
        values: [id],
      });
      const change = row && decide(tenantOf(row));
      if (!change) return row && tenantOf(row);
      const { name, status, updatedAt } = change.tenant;
      session.send({
        text: 'update tenancy.tenants set tenant_name = $2, status = $3, updated_at = $4 where tenant_id = $1',
        values: [id, name, status, isoTime(updatedAt)],
      });
      await tell(session, id, change.audit);
      return change.tenant;
    });
  }

  addUnit(unit: BusinessUnit, audit: readonly AuditEntry[]): Promise<'added' | 'exists'> {
    return this.database.tenant(unit.tenantId, async (session) => {
      if ((await session.query(insertUnit(unit))).rowCount === 0) return 'exists';
      await tell(session, unit.tenantId, audit);
      return 'added';
    });
  }

  async units(id: TenantId): Promise<readonly BusinessUnit[]> {
    const rows = await this.database.tenant(id, (session) =>
      session.rows<{ business_unit_id: string; business_unit_name: string; created_at: Date }>({
        text: `select business_unit_id, business_unit_name, created_at from tenancy.business_units
          where tenant_id = $1 order by business_unit_id`,
        values: [id],
      }),
    );
    return rows.map((row) => ({
      tenantId: id,
      id: row.business_unit_id,
      name: row.business_unit_name,
      createdAt: row.created_at,
    }));
  }
}

async function addOne(session: Session, { tenant, units, keys, audit }: TenantAddition): Promise<'added' | 'exists'> {
  const { id, name, status, mode, twinId, createdAt, updatedAt } = tenant;
  session.send({
    text: 'insert into tenancy.tenant_home (tenant_id, created_at) values ($1, $2) on conflict do nothing',
    values: [id, isoTime(createdAt)],
  });
  const { rowCount } = await session.query({
    text: `insert into tenancy.tenants (${tenantColumns}) values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (tenant_id) do nothing`,
    values: [id, name, status, mode, twinId, isoTime(createdAt), isoTime(updatedAt)],
  });
  if (rowCount === 0) return 'exists';
  for (const unit of units) session.send(insertUnit(unit));
  if (!(await insertKeys(session, id, keys))) throw new Error('a key prefix is taken');
  await tell(session, id, audit);
  return 'added';
}

const insertUnit = (unit: BusinessUnit): Statement => ({
  text: `insert into tenancy.business_units (tenant_id, business_unit_id, business_unit_name, created_at)
    values ($1, $2, $3, $4) on conflict do nothing`,
  values: [unit.tenantId, unit.id, unit.name, isoTime(unit.createdAt)],
});
