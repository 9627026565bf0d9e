import {
  plusMonths,
  startOfMonth,
  type ArchivedRow,
  type Month,
  type MonthRows,
  type TenantId,
} from '@ferry/recording';
import type { Database } from '../database.js';
import { referenceHash } from './reference-hash.js';
import { tenantPages } from './upkeep-tenant-pages.js';

/** Some 5 MB at worst, with the largest metadata. */
const PAGE = 1_000;

const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Digits as text, because readers of JSON round them; metadata as it is stored, but on one line. */
const line = `(select row_to_json(r)::text from (select p.tenant_id, p.id, p.business_unit_id, p.reference_number, p.loan_account_number, p.cif,
    p.amount_minor::text as amount_minor, p.currency, ${utc('p.payment_date')} as payment_date, p.payment_channel, p.source,
    replace(p.metadata::text, e'\\n', ' ')::json as metadata, ${utc('p.created_at')} as created_at) as r)`;

const columns = `id, business_unit_id, reference_number, loan_account_number, cif, amount_minor, currency, payment_date, payment_channel, source,
  metadata, created_at`;
const typed = `tenant_id varchar, id uuid, business_unit_id varchar, reference_number varchar, loan_account_number varchar, cif varchar,
  amount_minor bigint, currency varchar, payment_date timestamptz, payment_channel varchar, source varchar, metadata json, created_at timestamptz`;

interface Row {
  id: string;
  at: string;
  currency: string;
  amount_minor: string;
  line: string;
}

const rangeOf = (month: Month): readonly [string, string] => [
  startOfMonth(month).toISOString(),
  startOfMonth(plusMonths(month, 1)).toISOString(),
];

/** Whose payments there are is found as the sweeper's role; what they are is read and written as the app, under row level security. */
export class PostgresMonthRows implements MonthRows {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  tenants(month: Month): AsyncGenerator<readonly TenantId[]> {
    return tenantPages((after, limit) =>
      this.sweeper.transaction((session) =>
        session.rows<{ tenant_id: TenantId }>({
          text: `select h.tenant_id from tenancy.tenant_home h cross join lateral (
              select from recording.payments p where p.tenant_id = h.tenant_id and p.payment_date >= $1 and p.payment_date < $2 limit 1) as paid
            where h.tenant_id > $3 order by h.tenant_id limit $4`,
          values: [...rangeOf(month), after, limit],
        }),
      ),
    );
  }

  async *read(tenantId: TenantId, month: Month): AsyncGenerator<readonly ArchivedRow[]> {
    const range = rangeOf(month);
    for (let after = { at: range[0], id: '00000000-0000-0000-0000-000000000000' }; ;) {
      const rows = await this.app.tenant(tenantId, (session) =>
        session.rows<Row>({
          text: `select p.id, ${utc('p.payment_date')} as at, p.currency, p.amount_minor, ${line} as line from recording.payments p
            where p.tenant_id = $1 and p.payment_date >= $2 and p.payment_date < $3 and (p.payment_date, p.id) > ($4, $5)
            order by p.payment_date, p.id limit $6`,
          values: [tenantId, ...range, after.at, after.id, PAGE],
        }),
      );
      if (rows.length > 0) yield rows.map(archivedRowOf);
      if (rows.length < PAGE) return;
      after = rows.at(-1) ?? after;
    }
  }

  putBack(tenantId: TenantId, month: Month, lines: readonly string[]): Promise<number> {
    return this.app.tenant(tenantId, async (session) => {
      const [row] = await session.rows<{ given: string; added: string }>({
        text: `with given as (
            select h.tenant_id, ${columns.replace(/\b(\w+)\b/g, 'r.$1')} from tenancy.tenant_home h, json_to_recordset($2) as r(${typed})
            where h.tenant_id = $1 and r.tenant_id = $1 and r.payment_date >= $3 and r.payment_date < $4),
          added as (insert into recording.payments (tenant_id, ${columns}) select * from given on conflict do nothing returning 1),
          -- Whoever held these references may have been forgotten.
          taken as (insert into recording.forgotten_references (tenant_id, hash, payment_date)
            select $1, ${referenceHash('reference_number')}, payment_date from given on conflict do nothing)
          select (select count(*) from given) as given, (select count(*) from added) as added`,
        values: [tenantId, `[${lines.join(',')}]`, ...rangeOf(month)],
      });
      if (Number(row?.given) !== lines.length)
        throw new Error(`not all payments are of the tenant ${tenantId} and of ${month}, or there is no such tenant`);
      return Number(row?.added);
    });
  }
}

const archivedRowOf = ({ line: text, currency, amount_minor }: Row): ArchivedRow => ({
  line: text,
  currency,
  amountMinor: BigInt(amount_minor),
});
