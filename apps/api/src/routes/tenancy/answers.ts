import { formatMoney, type Currency } from '@ferry/kernel';
import {
  roles,
  type ApiKey,
  type BusinessUnit,
  type DayUsage,
  type ListedSecret,
  type Tenant,
  type TenantUser,
} from '@ferry/tenancy';
import { Described, Optional, type Schema } from '../../http/rules.js';

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };

/** A key without its secret. */
const keySchema: Schema = {
  type: 'object',
  required: ['id', 'prefix', 'name', 'scopes', 'allowed_ranges', 'created_at'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    tenant_id: text,
    prefix: text,
    name: text,
    scopes: { type: 'array', items: text },
    business_unit_id: text,
    allowed_ranges: { type: 'array', items: text },
    requests_per_minute: { type: 'integer' },
    created_at: time,
    expires_at: time,
    last_used_at: time,
    revoked_at: time,
    replaced_by: text,
  },
};

export class KeyView {
  @Described(keySchema)
  key!: object;
}

export class MadeKeyView {
  @Described(keySchema)
  key!: object;

  @Described({ ...text, description: 'The whole key. Shown this once, and kept nowhere.' })
  secret_key!: string;
}

export class KeyPage {
  @Described({ type: 'array', items: keySchema })
  data!: object[];

  @Described({ type: ['string', 'null'] })
  next_cursor!: string | null;
}

const nextCursor: Schema = { type: ['string', 'null'] };

const userSchema: Schema = {
  type: 'object',
  required: ['subject', 'role', 'created_at'],
  properties: {
    subject: text,
    role: { type: 'string', enum: Object.keys(roles) },
    business_unit_id: text,
    created_at: time,
    removed_at: { ...time, description: 'Let out at this time.' },
  },
};

export class UserView {
  @Described(text)
  subject!: string;
  @Described({ type: 'string', enum: Object.keys(roles) })
  role!: string;
  @Optional()
  @Described(text)
  business_unit_id?: string;
  @Described(time)
  created_at!: string;
  @Optional()
  @Described({ ...time, description: 'Let out at this time.' })
  removed_at?: string;
}

export class UserPage {
  @Described({ type: 'array', items: userSchema })
  data!: object[];
  @Described(nextCursor)
  next_cursor!: string | null;
}

export class SecretView {
  @Described({ type: 'string', format: 'uuid' })
  id!: string;
  @Described(text)
  name!: string;
  @Described(time)
  created_at!: string;
  @Optional()
  @Described({ ...time, description: 'Valid until then.' })
  expires_at?: string;
}

export class SecretPage {
  @Described({
    type: 'array',
    items: {
      type: 'object',
      required: ['id', 'name', 'created_at'],
      properties: { id: { type: 'string', format: 'uuid' }, name: text, created_at: time, expires_at: time },
    },
  })
  data!: object[];
  @Described(nextCursor)
  next_cursor!: string | null;
}

export class TenantView {
  @Described(text)
  id!: string;
  @Described(text)
  name!: string;
  @Described({ type: 'string', enum: ['ACTIVE', 'SUSPENDED'] })
  status!: string;
  @Described({ type: 'string', enum: ['live', 'test'] })
  mode!: string;
  @Described(text)
  twin_id!: string;
  @Described(time)
  created_at!: string;
}

export class OnboardedView {
  @Described({ type: 'object' })
  tenant!: object;
  @Described({ ...text, description: 'Its first key, shown this once.' })
  secret_key!: string;
}

export class UnitList {
  @Described({ type: 'array', items: { type: 'object' } })
  data!: object[];
}

export class UnitView {
  @Described(text)
  id!: string;
  @Described(text)
  name!: string;
}

export class ConfigView {
  @Described({ type: 'integer', minimum: 0 })
  version!: number;
  @Described({ type: 'object' })
  config!: object;
}

export class UsageList {
  @Described({ type: 'array', items: { type: 'object' } })
  data!: object[];
}

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
