import { formatMoney, type Currency } from '@ferry/kernel';
import type { ApiKey, BusinessUnit, DayUsage, ListedSecret, Tenant, TenantUser } from '@ferry/tenancy';

export const keyJson = (key: ApiKey): object => ({
  id: key.id,
  tenant_id: key.tenantId,
  prefix: key.prefix,
  name: key.name,
  scopes: key.scopes,
  business_unit_id: key.businessUnitId,
  allowed_ranges: key.allowedRanges,
  requests_per_minute: key.requestsPerMinute,
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  last_used_at: key.lastUsedAt,
  revoked_at: key.revokedAt,
  replaced_by: key.replacedBy,
});

export const userJson = ({ subject, role, businessUnitId, createdAt, removedAt }: TenantUser): object => ({
  subject,
  role,
  business_unit_id: businessUnitId,
  created_at: createdAt,
  removed_at: removedAt,
});

/** What it is, is not even here. */
export const secretJson = ({ id, name, createdAt, expiresAt }: ListedSecret): object => ({
  id,
  name,
  created_at: createdAt,
  expires_at: expiresAt,
});

export const tenantJson = ({ id, name, status, mode, twinId, createdAt }: Tenant): object => ({
  id,
  name,
  status,
  mode,
  twin_id: twinId,
  created_at: createdAt,
});

export const unitJson = ({ id, name, createdAt }: BusinessUnit): object => ({ id, name, created_at: createdAt });

/** Volumes are texts: a year of a currency without decimals may be more than a double holds. */
export const usageJson = ({ day, requests, payments, open, volumeMinor }: DayUsage): object => ({
  day,
  requests,
  payments,
  open,
  volume: Object.fromEntries(
    (Object.entries(volumeMinor) as [Currency, bigint][]).map(([currency, amountMinor]) => [
      currency,
      formatMoney({ amountMinor, currency }),
    ]),
  ),
});
