import { isoTime } from '@ferry/kernel';
import type { AddSourceOutcome, ListedSource, StagingSource, StagingSources, Told } from '@ferry/recording';
import type { Database } from '../../database.js';
import { tell } from '../../tenancy/tell.js';
import { isTableName } from './table-name.js';

interface SourceRow {
  readonly tenant_id: string;
  readonly table_name: string;
  readonly business_unit_id: string;
  readonly currency: string;
  readonly time_zone: string;
  readonly enabled: boolean;
}

/** The source design's columns, by the types that can hold what it says. */
const columns = {
  id: 'bigint',
  reference_number: 'character varying(255)',
  loan_account_number: 'character varying(20)',
  cif: 'character varying(20)',
  amount: 'numeric(15,2)',
  payment_date: 'timestamp without time zone',
  payment_channel: 'character varying(100)',
  metadata: 'jsonb',
  processed: 'boolean',
  processed_at: 'timestamp without time zone',
} as const;

export class PostgresStagingSources implements StagingSources {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async list(): Promise<readonly ListedSource[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<SourceRow>({
        name: 'staging-sources',
        text: `select tenant_id, table_name, business_unit_id, currency, time_zone, enabled from recording.staging_sources
          order by tenant_id, table_name`,
      }),
    );
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      table: row.table_name,
      businessUnitId: row.business_unit_id,
      currency: row.currency,
      timeZone: row.time_zone,
      enabled: row.enabled,
    }));
  }

  async faultsOf(table: string): Promise<readonly string[]> {
    if (!isTableName(table)) return ['its name must be schema.table, in lower case'];
    const [found] = await this.app.transaction((session) =>
      session.rows<{ columns: Record<string, string>; keyed: boolean; prepared: boolean }>({
        text: `select
            (select json_object_agg(attname, format_type(atttypid, atttypmod)) from pg_attribute
              where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
            exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and i.indnatts = 1 and i.indkey[0] =
              (select attnum from pg_attribute where attrelid = c.oid and attname = 'id')) as keyed,
            c.relrowsecurity and c.relforcerowsecurity
              and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'drained'
                and pg_get_expr(p.polqual, p.polrelid) = format('( SELECT recording.drains(%L::text) AS drains)', $1::text))
              and has_table_privilege(c.oid, 'select') and has_column_privilege(c.oid, 'processed', 'update') as prepared
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname || '.' || c.relname = $1::text and c.relkind in ('r', 'p')`,
        values: [table],
      }),
    );
    if (!found) return ['there is no such table'];
    return [
      ...Object.entries(columns)
        .filter(([name, type]) => found.columns[name] !== type)
        .map(([name, type]) => `its column ${name} must be ${type}, not ${found.columns[name] ?? 'missing'}`),
      ...(found.keyed ? [] : ['its primary key must be id']),
      ...(found.prepared ? [] : [`it is not prepared: as its owner, select recording.prepare_staging('${table}')`]),
    ];
  }

  async add(source: StagingSource, told: Told): Promise<AddSourceOutcome> {
    const { tenantId, table, businessUnitId, currency, timeZone } = source;
    return this.app.tenant(tenantId, async (session) => {
      const units = await session.rows({
        text: 'select from tenancy.business_units where tenant_id = $1 and business_unit_id = $2',
        values: [tenantId, businessUnitId],
      });
      if (units.length === 0) return 'no-unit';
      const { rowCount } = await session.query({
        text: `insert into recording.staging_sources (tenant_id, table_name, business_unit_id, currency, time_zone, enabled, created_at)
          values ($1, $2, $3, $4, $5, true, $6) on conflict do nothing`,
        values: [tenantId, table, businessUnitId, currency, timeZone, isoTime(told.at)],
      });
      if (rowCount !== 1) return 'taken';
      await tell(session, tenantId, [told]);
      return 'added';
    });
  }

  async enable(
    { tenantId, table }: Pick<StagingSource, 'tenantId' | 'table'>,
    enabled: boolean,
    told: Told,
  ): Promise<boolean> {
    return this.app.tenant(tenantId, async (session) => {
      const [source] = await session.rows<{ enabled: boolean }>({
        text: 'select enabled from recording.staging_sources where tenant_id = $1 and table_name = $2 for update',
        values: [tenantId, table],
      });
      if (!source) return false;
      if (source.enabled === enabled) return true;
      session.send({
        text: 'update recording.staging_sources set enabled = $3 where tenant_id = $1 and table_name = $2',
        values: [tenantId, table, enabled],
      });
      await tell(session, tenantId, [told]);
      return true;
    });
  }
}
