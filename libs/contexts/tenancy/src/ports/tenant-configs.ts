import type { AuditEntry } from '../domain/audit.js';
import type { TenantConfig } from '../domain/tenant-config.js';
import type { ListedSecret, TenantSecret } from '../domain/tenant-secret.js';
import type { TenantId } from '../domain/tenant.js';
import type { SealedText } from './secret-box.js';

export interface StoredConfig {
  readonly config: TenantConfig;
  /** 1, 2, 3 ...; 0 for the defaults of a tenant that decided nothing. */
  readonly version: number;
}

/** A tenant's configuration, each version kept, and its sealed secrets. */
export interface TenantConfigs {
  load(tenantId: TenantId): Promise<StoredConfig>;
  /** `conflict`: another version came in between, nothing was written. */
  save(tenantId: TenantId, stored: StoredConfig, at: Date, audit: readonly AuditEntry[]): Promise<'saved' | 'conflict'>;
  /** Adds a secret; those before it under its name end when `othersEndAt` says. */
  addSecret(secret: TenantSecret, othersEndAt: Date, audit: readonly AuditEntry[]): Promise<void>;
  /** Valid ones of this name, newest first. */
  secrets(tenantId: TenantId, name: string, now: Date): Promise<readonly TenantSecret[]>;
  /** Valid ones of all names in order of ids, those after `after`. */
  listSecrets(tenantId: TenantId, now: Date, limit: number, after?: string): Promise<readonly ListedSecret[]>;
  /** Ends a valid secret and forgets what it was. `missing`: no such one is valid, nothing was written. */
  endSecret(
    tenantId: TenantId,
    id: string,
    at: Date,
    tell: (secret: ListedSecret) => readonly AuditEntry[],
  ): Promise<'ended' | 'missing'>;
  /** Secrets that another key than `keyId` sealed, but for those that were ended. */
  sealedOtherwise(tenantId: TenantId, keyId: string, limit: number): Promise<readonly TenantSecret[]>;
  /** Puts the new seals in the place of the old ones; one that changed in between stays. */
  reseal(
    tenantId: TenantId,
    seals: readonly { readonly id: string; readonly from: SealedText; readonly to: SealedText }[],
    audit: readonly AuditEntry[],
  ): Promise<number>;
}
