import { ValidateBy, ValidateIf } from 'class-validator';
import { parseRfc3339 } from '@ferry/kernel';
import type { FaultRule } from './fault-rules.js';
import type { SchemaObject } from 'openapi3-ts/oas31';

/** JSON Schema 2020-12, as OpenAPI 3.1 uses it. */
export type Schema = SchemaObject;

export interface Rule {
  /** Must be total: it sees values of any type. */
  readonly holds: (value: unknown) => boolean;
  readonly detail: string;
  /** What OpenAPI says of it. */
  readonly schema?: Schema;
}

/** A class-validator constraint whose name is the stable `rule` of an error and which carries its own JSON Schema. */
export const FieldRule = (name: FaultRule, { holds, detail, schema = {} }: Rule): PropertyDecorator =>
  ValidateBy({ name, constraints: [schema], validator: { validate: holds, defaultMessage: () => detail } });

/** A field of an answer: described, and checked only by tests. */
export const Described = (schema: Schema): PropertyDecorator =>
  ValidateBy({ name: 'described', constraints: [schema], validator: { validate: () => true } });

/** The field may be absent. `null` is not absence: class-validator's `IsOptional` would let it through. */
export const Optional = (): PropertyDecorator => ValidateIf((_dto, value) => value !== undefined);

/** Several rules as one. */
export const apply =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorator of decorators) decorator(target, property);
  };

/** Characters as JSON Schema and PostgreSQL count them: code points. class-validator's `Length` leaves out variation selectors. */
const lengthOf = (text: string): number => text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** Text that can be stored and shown: NUL and lone surrogates cannot be, other control characters should not. */
export const isPlainText = (text: string): boolean => !control.test(text) && text.isWellFormed();

const ifText = (holds: (text: string) => boolean) => (value: unknown) => typeof value !== 'string' || holds(value);

export const IsText = (lengthMax: number): PropertyDecorator =>
  apply(
    FieldRule('string', {
      holds: (value) => typeof value === 'string',
      detail: 'must be a string',
      schema: { type: 'string' },
    }),
    FieldRule('length', {
      holds: ifText((text) => text.length > 0 && lengthOf(text) <= lengthMax),
      detail: `must have 1 to ${lengthMax} characters`,
      schema: { minLength: 1, maxLength: lengthMax },
    }),
    FieldRule('characters', {
      holds: ifText(isPlainText),
      detail: 'must be well-formed Unicode without control characters',
    }),
  );

export const IsOneOf = (words: readonly string[]): PropertyDecorator =>
  FieldRule('one-of', {
    holds: (value) => typeof value === 'string' && words.includes(value),
    detail: `must be one of ${words.join(', ')}`,
    schema: { type: 'string', enum: [...words] },
  });

export const IsTime = (): PropertyDecorator =>
  FieldRule('time', {
    holds: (value) => typeof value === 'string' && parseRfc3339(value) !== undefined,
    detail: 'must be an RFC 3339 date-time with offset, in a query with its "+" written as %2B',
    schema: { type: 'string', format: 'date-time' },
  });

/** For query parameters, which are text: an integer without sign or leading zeros. */
export const IsWholeNumber = (minimum: number, maximum: number): PropertyDecorator =>
  FieldRule('integer', {
    holds: (value) =>
      typeof value === 'string' && /^(0|[1-9]\d{0,8})$/.test(value) && +value >= minimum && +value <= maximum,
    detail: `must be an integer from ${minimum} to ${maximum}`,
    schema: { type: 'integer', minimum, maximum },
  });
