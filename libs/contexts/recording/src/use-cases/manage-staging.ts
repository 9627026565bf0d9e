import type { Clock, NewId } from '@ferry/kernel';
import { toldOf, type Occasion, type Told } from '../domain/told.js';
import type { ErrorsOfTable, StagingErrors } from '../ports/staging-errors.js';
import type { AddSourceOutcome, StagingSources } from '../ports/staging-sources.js';
import type { StagingSource } from '../ports/staging-tables.js';

/** Ids of rows that one retry may name: they all go into one entry of the audit log. */
export const RETRIED_IDS_MAX = 1_000;

/** What operators change about staging, told to the audit log of the tenant. */
export class ManageStaging {
  constructor(
    private readonly sources: Pick<StagingSources, 'add' | 'enable'>,
    private readonly errors: Pick<StagingErrors, 'retry'>,
    private readonly clock: Clock,
    private readonly newId: NewId,
  ) {}

  add(source: StagingSource, occasion: Occasion): Promise<AddSourceOutcome> {
    const { tenantId, table, businessUnitId, currency, timeZone } = source;
    const after = { business_unit_id: businessUnitId, currency, time_zone: timeZone };
    return this.sources.add(source, this.told(occasion, tenantId, 'staging.source-added', table, after));
  }

  /** False: the tenant has no such source. */
  enable(source: Pick<StagingSource, 'tenantId' | 'table'>, enabled: boolean, occasion: Occasion): Promise<boolean> {
    const action = enabled ? 'staging.source-enabled' : 'staging.source-disabled';
    return this.sources.enable(source, enabled, this.told(occasion, source.tenantId, action, source.table));
  }

  /** How many rows are read again. */
  async retry(rows: ErrorsOfTable, occasion: Occasion): Promise<number> {
    const { tenantId, table, ids } = rows;
    if (ids && ids.length > RETRIED_IDS_MAX) throw new Error(`rule broken: at most ${RETRIED_IDS_MAX} ids`);
    const told = (count: number): Told =>
      this.told(occasion, tenantId, 'staging.retried', table, { rows: count, row_ids: ids?.map(String) });
    return this.errors.retry(rows, this.clock.now(), told);
  }

  private told(occasion: Occasion, tenantId: string, action: Told['action'], subject: string, after?: object): Told {
    const what = { tenantId, action, subject, after: after && JSON.stringify(after) };
    return toldOf(this.newId, this.clock.now(), occasion, what);
  }
}
