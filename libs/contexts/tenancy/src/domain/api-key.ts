import { isWithin, type Uuid } from '@ferry/kernel';
import { assert } from './assert.js';
import { hashOfSecret, type KeyText } from './key-text.js';
import type { Scope } from './scopes.js';
import type { BusinessUnitId, Tenant, TenantId } from './tenant.js';

export type ApiKeyId = Uuid;

/** What a key may do and from where. */
export interface KeyGrant {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly businessUnitId?: BusinessUnitId | undefined;
  readonly expiresAt?: Date | undefined;
  /** CIDR ranges; empty lets any address in. */
  readonly allowedRanges: readonly string[];
  readonly requestsPerMinute?: number | undefined;
}

export interface ApiKey extends KeyGrant {
  readonly tenantId: TenantId;
  readonly id: ApiKeyId;
  readonly prefix: string;
  /** SHA-256 of the secret, hexadecimal; the secret itself is nowhere. */
  readonly secretHash: string;
  readonly createdAt: Date;
  /** Seconds behind: uses are recorded in batches. */
  readonly lastUsedAt?: Date | undefined;
  readonly revokedAt?: Date | undefined;
  /** The key that takes its place, while both are valid. */
  readonly replacedBy?: ApiKeyId | undefined;
}

export function makeKey(tenant: Tenant, id: ApiKeyId, text: KeyText, grant: KeyGrant, now: Date): ApiKey {
  assert(text.mode === tenant.mode, `a ${text.mode} key belongs to a ${text.mode} tenant`);
  assert(grant.scopes.length > 0, 'a key may do something');
  return {
    ...grant,
    tenantId: tenant.id,
    id,
    prefix: text.prefix,
    secretHash: hashOfSecret(text.secret),
    createdAt: now,
  };
}

/** Why a key that exists and whose secret was right is not let in; for the log, never for the client. */
export function faultOf(key: ApiKey, address: string, now: Date): 'revoked' | 'expired' | 'address' | undefined {
  if (key.revokedAt) return 'revoked';
  if (key.expiresAt && key.expiresAt <= now) return 'expired';
  if (key.allowedRanges.length > 0 && !isWithin(address, key.allowedRanges)) return 'address';
  return undefined;
}

export const isUsable = (key: ApiKey, now: Date): boolean =>
  key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > now);

/** The old key and the one that takes its place: both are valid until `until`, or until the old one expires by itself. */
export function rotateKey(
  tenant: Tenant,
  old: ApiKey,
  id: ApiKeyId,
  text: KeyText,
  now: Date,
  until: Date,
): { readonly old: ApiKey; readonly fresh: ApiKey } {
  assert(isUsable(old, now) && old.replacedBy === undefined, `key ${old.prefix} is valid and not rotated yet`);
  const { name, scopes, businessUnitId, expiresAt, allowedRanges, requestsPerMinute } = old;
  const grant = { name, scopes, businessUnitId, expiresAt, allowedRanges, requestsPerMinute };
  const ends = expiresAt && expiresAt < until ? expiresAt : until;
  return { old: { ...old, expiresAt: ends, replacedBy: id }, fresh: makeKey(tenant, id, text, grant, now) };
}

export const revokeKey = (key: ApiKey, now: Date): ApiKey => ({ ...key, revokedAt: now });
