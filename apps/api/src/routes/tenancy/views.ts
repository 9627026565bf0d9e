import { Type } from 'class-transformer';
import { IsArray, ValidateNested } from 'class-validator';
import { roles } from '@ferry/tenancy';
import type { Dto } from '../../http/check.js';
import { apply, Described, Optional, type Schema } from '../../http/rules.js';
import { configSchema } from './config-schema.js';

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };
const uuid: Schema = { type: 'string', format: 'uuid' };
const texts: Schema = { type: 'array', items: text };
const count: Schema = { type: 'integer', minimum: 0 };
const nextCursor: Schema = { type: ['string', 'null'] };

/** Another view within an answer, or a list of them. */
const One = (view: () => Dto): PropertyDecorator => apply(ValidateNested(), Type(view));
const Many = (view: () => Dto): PropertyDecorator => apply(IsArray(), ValidateNested({ each: true }), Type(view));

/** A key without its secret. */
export class KeyShown {
  @Described(uuid)
  id!: string;
  @Described(text)
  tenant_id!: string;
  @Described(text)
  prefix!: string;
  @Described(text)
  name!: string;
  @Described(texts)
  scopes!: string[];
  @Optional()
  @Described(text)
  business_unit_id?: string;
  @Described(texts)
  allowed_ranges!: string[];
  @Optional()
  @Described({ type: 'integer', minimum: 1 })
  requests_per_minute?: number;
  @Described(time)
  created_at!: string;
  @Optional()
  @Described(time)
  expires_at?: string;
  @Optional()
  @Described(time)
  last_used_at?: string;
  @Optional()
  @Described(time)
  revoked_at?: string;
  @Optional()
  @Described({ ...uuid, description: 'The key that takes its place.' })
  replaced_by?: string;
}

export class KeyView {
  @One(() => KeyShown)
  key!: KeyShown;
}

export class MadeKeyView {
  @One(() => KeyShown)
  key!: KeyShown;
  @Described({ ...text, description: 'The whole key. Shown this once, and kept nowhere.' })
  secret_key!: string;
}

export class KeyPage {
  @Many(() => KeyShown)
  data!: KeyShown[];
  @Described(nextCursor)
  next_cursor!: string | null;
}

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
  @Many(() => UserView)
  data!: UserView[];
  @Described(nextCursor)
  next_cursor!: string | null;
}

export class SecretView {
  @Described(uuid)
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
  @Many(() => SecretView)
  data!: SecretView[];
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
  @One(() => TenantView)
  tenant!: TenantView;
  @Described({ ...text, description: 'Its first key, shown this once.' })
  secret_key!: string;
}

export class UnitView {
  @Described(text)
  id!: string;
  @Described(text)
  name!: string;
  @Described(time)
  created_at!: string;
}

export class UnitList {
  @Many(() => UnitView)
  data!: UnitView[];
}

export class ConfigView {
  @Described(count)
  version!: number;
  @Described(configSchema)
  config!: object;
}

export class UsageView {
  @Described({ type: 'string', format: 'date' })
  day!: string;
  @Described(count)
  requests!: number;
  @Described(count)
  payments!: number;
  @Described({ ...count, description: 'Payments that have not ended yet.' })
  open!: number;
  @Described({
    type: 'object',
    propertyNames: { pattern: '^[A-Z]{3}$' },
    additionalProperties: { type: 'string', pattern: '^[0-9]+([.][0-9]+)?$' },
    description: 'Of the payments that succeeded, by currency.',
  })
  volume!: object;
}

export class UsageList {
  @Many(() => UsageView)
  data!: UsageView[];
}
