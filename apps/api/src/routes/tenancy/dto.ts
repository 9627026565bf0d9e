import { isJsonObject, type Digits } from '@ferry/kernel';
import { JSONSchema } from 'class-validator-jsonschema';
import { allScopes, isDay, roles, tenantModes, type Role, type Scope, type TenantMode } from '@ferry/tenancy';
import { FieldRule, IsOneOf, IsText, IsTime, IsWholeNumber, Optional } from '../../http/rules.js';
import { configSchema } from './config-schema.js';
import { IsInteger, IsListOfTexts } from './rules.js';

const RANGES_MAX = 50;
const RATE_MAX = 1_000_000;
/** A quarter: longer is no rotation. */
const OVERLAP_HOURS_MAX = 2_160;
const NAME_LENGTH = 100;
const SECRET_LENGTH_MAX = 4_096;
const SUBJECT_LENGTH_MAX = 255;
/** A subject of characters that take four bytes, in base64. */
const CURSOR_LENGTH_MAX = 1_400;

const IsDay = (): PropertyDecorator =>
  FieldRule('day', {
    holds: (value) => typeof value === 'string' && isDay(value),
    detail: 'must be a day, like 2026-02-28',
    schema: { type: 'string', format: 'date' },
  });

export class CreateKeyBody {
  @IsText(NAME_LENGTH)
  name!: string;

  @IsListOfTexts(allScopes.length, allScopes)
  @JSONSchema({ description: 'None that you do not have yourself.' })
  scopes!: Scope[];

  @Optional()
  @IsOneOf(tenantModes)
  @JSONSchema({ description: 'A test key acts on the sandbox twin; your own mode when not given.' })
  mode?: TenantMode;

  @Optional()
  @IsText(30)
  business_unit_id?: string;

  @Optional()
  @IsTime()
  expires_at?: string;

  @Optional()
  @IsListOfTexts(RANGES_MAX)
  @JSONSchema({ description: 'Addresses and CIDR ranges that it is let in from; any when empty.' })
  allowed_ranges?: string[];

  @Optional()
  @IsInteger(1, RATE_MAX)
  requests_per_minute?: Digits;
}

const IsOverlap = (): PropertyDecorator => IsInteger(0, OVERLAP_HOURS_MAX);

export class RotateKeyBody {
  @Optional()
  @IsOverlap()
  @JSONSchema({ default: 24, description: 'Hours for which both keys are valid.' })
  overlap_hours?: Digits;
}

export class ChangeUserBody {
  @IsOneOf(Object.keys(roles))
  role!: Role;

  @Optional()
  @IsText(30)
  business_unit_id?: string;
}

export class LetInUserBody extends ChangeUserBody {
  @IsText(SUBJECT_LENGTH_MAX)
  @JSONSchema({ description: '`sub` of their tokens.' })
  subject!: string;
}

export class AddSecretBody {
  @IsText(60)
  @JSONSchema({
    pattern: '^[a-z][a-z0-9-]*(/[a-z0-9-]+){0,3}$',
    description: 'Up to four words of a-z, 0-9 and hyphens with slashes between; begins with a letter.',
  })
  name!: string;

  @IsText(SECRET_LENGTH_MAX)
  @JSONSchema({ writeOnly: true })
  value!: string;

  @Optional()
  @IsOverlap()
  @JSONSchema({ default: 24, description: 'Hours for which those before it stay valid; 0 ends them at once.' })
  overlap_hours?: Digits;
}

export class NoBody {}

export class CreateTenantBody {
  @IsText(15)
  @JSONSchema({
    pattern: '^(?!.*-test$)[A-Za-z0-9][A-Za-z0-9-]*$',
    description: 'Letters, digits and hyphens; does not end in `-test`.',
  })
  id!: string;

  @IsText(NAME_LENGTH)
  name!: string;
}

export class CreateUnitBody {
  @IsText(30)
  @JSONSchema({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$' })
  id!: string;

  @IsText(NAME_LENGTH)
  name!: string;
}

export class PutConfigBody {
  @IsInteger(0, 999_999_999)
  @JSONSchema({ description: 'The version that you have seen; 0 for the defaults.' })
  version!: Digits;

  @FieldRule('object', {
    holds: isJsonObject,
    detail: 'must be a JSON object',
    schema: configSchema,
  })
  config!: Readonly<Record<string, unknown>>;
}

const IsLimit = (): PropertyDecorator => IsWholeNumber(1, 100);

/** Of a list in the order of ids. */
export class PageQuery {
  @Optional()
  @IsLimit()
  @JSONSchema({ default: 20 })
  limit?: string;

  @Optional()
  @FieldRule('uuid', {
    holds: (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
    detail: 'must be `next_cursor` of the page before',
    schema: { type: 'string', format: 'uuid' },
  })
  cursor?: string;
}

export class ListUsersQuery {
  @Optional()
  @IsLimit()
  @JSONSchema({ default: 20 })
  limit?: string;

  @Optional()
  @IsText(CURSOR_LENGTH_MAX)
  @JSONSchema({ description: '`next_cursor` of the page before.' })
  cursor?: string;
}

export class ExportAuditQuery {
  @Optional()
  @IsWholeNumber(0, 999_999_999)
  @JSONSchema({ description: 'Behind this `sequence`: that of the last line of the export before.' })
  after?: string;

  @Optional()
  @IsTime()
  @JSONSchema({ description: 'From this time on. The export may begin earlier, where order and time differ.' })
  since?: string;

  @Optional()
  @IsTime()
  @JSONSchema({ description: 'Until before this time. The export may end later.' })
  until?: string;
}

export class ReadUsageQuery {
  @IsDay()
  from!: string;

  @IsDay()
  to!: string;
}
