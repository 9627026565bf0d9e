import type { ApiKey } from '../domain/api-key.js';
import type { Tenant } from '../domain/tenant.js';

export interface KnownKey {
  readonly key: ApiKey;
  readonly tenant: Tenant;
}

/** Finds keys by their prefix alone, over all tenants: the one question that is asked before the tenant is known. It cannot be asked for a list. */
export interface KeyDirectory {
  /** In the order asked; undefined for a prefix that nobody has. */
  lookUp(prefixes: readonly string[]): Promise<readonly (KnownKey | undefined)[]>;
}
