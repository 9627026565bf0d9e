import type { Currency } from '@ferry/kernel';
import type { TenantId } from '../domain/recorded-payment.js';

export interface RecordingTenant {
  /** It may read, and nothing is recorded for it. */
  readonly suspended: boolean;
  /** Those that it decided for; if that is one, it need not be named. */
  readonly currencies: readonly Currency[];
}

/** What recording has to know of a tenant. */
export interface RecordingTenants {
  find(tenantId: TenantId): Promise<RecordingTenant | undefined>;
  hasUnit(tenantId: TenantId, businessUnitId: string): Promise<boolean>;
}
