import type { TenantId } from '../domain/recorded-payment.js';
import type { Told } from '../domain/told.js';
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
  /** Has those that were given up tried again from the beginning, or all of these ids; answers how many. Of none, nothing is told. */
  retry(rows: ErrorsOfTable, now: Date, told: (count: number) => Told): Promise<number>;
  /** Of all tenants, counted to `max`. */
  countGivenUp(max: number): Promise<number>;
}

export interface ErrorsOfTable {
  readonly tenantId: TenantId;
  readonly table: string;
  readonly ids?: readonly bigint[] | undefined;
}

export interface ErrorsPage {
  readonly limit: number;
  readonly givenUp?: boolean | undefined;
  readonly after?: { readonly table: string; readonly id: bigint } | undefined;
}
