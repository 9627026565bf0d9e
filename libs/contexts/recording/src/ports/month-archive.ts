import type { Month } from '../domain/month.js';
import type { TenantId } from '../domain/recorded-payment.js';
import type { ArchivedRow } from './month-rows.js';

/** What a tenant has in an archive. */
export interface ArchivedPart {
  readonly tenantId: TenantId;
  readonly rows: number;
  /** Sums in minor units by currency. */
  readonly amountsMinor: ReadonlyMap<string, bigint>;
}

export interface Archive {
  /** Where it is, for people and for `open`. */
  readonly place: string;
  readonly month: Month;
  readonly parts: readonly ArchivedPart[];
}

export interface TenantRows {
  readonly tenantId: TenantId;
  readonly pages: AsyncIterable<readonly ArchivedRow[]>;
}

/** Keeps months of recorded payments outside of the store. */
export interface MonthArchive {
  /** Resolves when all of it will outlast a loss of power. Until then there is no archive; never touches another one. */
  write(month: Month, now: Date, tenants: AsyncIterable<TenantRows>): Promise<Archive>;
  /** An archive, or the one part of it that `place` names. */
  open(place: string): Promise<Archive>;
  /** Rejects unless the part is what was written, to the last bit. */
  verify(archive: Archive, part: ArchivedPart): Promise<void>;
  /** Lines as they were given, a page at a time. */
  read(archive: Archive, part: ArchivedPart): AsyncIterable<readonly string[]>;
  /** Only for one whose payments are all still in the store. */
  discard(archive: Archive): Promise<void>;
}

export const rowsOf = ({ parts }: Pick<Archive, 'parts'>): number => parts.reduce((sum, { rows }) => sum + rows, 0);
