import type { TenantId } from '../domain/recorded-payment.js';
import type { BadRow } from './staging-tables.js';

export interface ListedError extends BadRow {
  readonly table: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Rows that cannot be recorded as they are, for operators. */
export interface StagingErrors {
  /** By table and id, behind `after`; `givenUp`: only those that are not tried again by themselves. */
  list(tenantId: TenantId, options: ErrorsPage): Promise<readonly ListedError[]>;
  /** Has those that were given up tried again from the beginning, or all of these ids; answers how many. */
  retry(tenantId: TenantId, table: string, now: Date, ids?: readonly bigint[]): Promise<number>;
  /** Of all tenants, counted to `max`. */
  countGivenUp(max: number): Promise<number>;
}

export interface ErrorsPage {
  readonly limit: number;
  readonly givenUp?: boolean | undefined;
  readonly after?: { readonly table: string; readonly id: bigint } | undefined;
}
