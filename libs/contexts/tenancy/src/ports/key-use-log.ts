import type { ApiKeyId } from '../domain/api-key.js';
import type { TenantId } from '../domain/tenant.js';

export interface KeyUse {
  readonly tenantId: TenantId;
  readonly keyId: ApiKeyId;
  readonly lastUsedAt: Date;
  readonly requests: number;
}

/** When keys were last used, and how often. */
export interface KeyUseLog {
  /** Moves `lastUsedAt` forward, never back, and adds the requests to the usage of that day. */
  record(uses: readonly KeyUse[]): Promise<void>;
}
