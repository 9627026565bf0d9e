import type { Told } from '../domain/told.js';
import type { StagingSource } from './staging-tables.js';

export interface ListedSource extends StagingSource {
  readonly enabled: boolean;
}

export type AddSourceOutcome = 'added' | 'taken' | 'no-unit';

/** Which tenant the rows of a staging table belong to. A table has one tenant, a tenant may have several tables. */
export interface StagingSources {
  /** Of all tenants, by tenant and table. */
  list(): Promise<readonly ListedSource[]>;
  /** Why Ferry cannot drain this table as it is, in words; nothing when it can. */
  faultsOf(table: string): Promise<readonly string[]>;
  add(source: StagingSource, told: Told): Promise<AddSourceOutcome>;
  /** False: the tenant has no such source. One that is as it should be stays so, and nothing is told. */
  enable(source: Pick<StagingSource, 'tenantId' | 'table'>, enabled: boolean, told: Told): Promise<boolean>;
}
