import type { Month } from '../src/domain/month.js';
import type { Archive, ArchivedPart, MonthArchive, TenantRows } from '../src/ports/month-archive.js';
import type { ArchivedRow } from '../src/ports/month-rows.js';

const PAGE = 2;

/** Archives with the semantics of real ones, in memory. */
export class InMemoryMonthArchive implements MonthArchive {
  readonly places = new Map<string, Archive>();
  /** Lines by place and tenant; a test may spoil them. */
  readonly lines = new Map<string, string[]>();
  private written = 0;

  async write(month: Month, _now: Date, tenants: AsyncIterable<TenantRows>): Promise<Archive> {
    const place = `archive ${(this.written += 1)}`;
    const parts: ArchivedPart[] = [];
    for await (const { tenantId, pages } of tenants) {
      const rows: ArchivedRow[] = [];
      for await (const page of pages) rows.push(...page);
      this.lines.set(
        `${place} ${tenantId}`,
        rows.map(({ line }) => line),
      );
      parts.push({ tenantId, rows: rows.length, amountsMinor: sumsOf(rows) });
    }
    this.places.set(place, { place, month, parts });
    return { place, month, parts };
  }

  open(place: string): Promise<Archive> {
    const archive = this.places.get(place);
    return archive ? Promise.resolve(archive) : Promise.reject(new Error(`no archive ${place}`));
  }

  verify({ place }: Archive, { tenantId, rows }: ArchivedPart): Promise<void> {
    const isWhole = this.lines.get(`${place} ${tenantId}`)?.length === rows;
    return isWhole ? Promise.resolve() : Promise.reject(new Error(`${place} is spoilt`));
  }

  async *read({ place }: Archive, { tenantId }: ArchivedPart): AsyncGenerator<readonly string[]> {
    const lines = this.lines.get(`${place} ${tenantId}`) ?? [];
    for (let from = 0; from < lines.length; from += PAGE) {
      await Promise.resolve();
      yield lines.slice(from, from + PAGE);
    }
  }

  discard({ place }: Archive): Promise<void> {
    this.places.delete(place);
    return Promise.resolve();
  }
}

function sumsOf(rows: readonly ArchivedRow[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { currency, amountMinor } of rows) sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  return sums;
}
