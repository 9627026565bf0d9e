import 'reflect-metadata';
import { createRequire } from 'node:module';
import type { MetadataStorage } from 'class-transformer/types/MetadataStorage.js';
import { ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { ParameterObject, ReferenceObject, SchemaObject } from 'openapi3-ts/oas31';
import type { Dto } from './check.js';
import { problemCodes } from './problem-codes.js';

// class-transformer's ESM build cannot be imported by path in Node; the CommonJS one holds the metadata that its decorators write.
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
  defaultMetadataStorage: MetadataStorage;
};

/** The JSON Schema of a DTO, from the rules that check it. Bodies with other fields are refused, and answers have no others. */
const schemaOf = (dto: Dto): SchemaObject => {
  const schema = targetConstructorToSchema(dto, {
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: '#/components/schemas/',
    additionalConverters: {
      [ValidationTypes.CUSTOM_VALIDATION]: (meta: { constraints: unknown[] }) => meta.constraints[0] as never,
    },
  }) as SchemaObject;
  // A class without fields has no metadata at all.
  return { type: 'object', additionalProperties: false, ...schema };
};

type Additions = Readonly<Record<string, Readonly<Record<string, SchemaObject>>>>;

/** The components of one document: each DTO that is referred to, and those that it refers to. */
export class SchemaRegistry {
  readonly all = new Map<string, SchemaObject>();

  /** `additions`: what only the running process knows, by class and field. */
  constructor(private readonly additions: Additions) {}

  refTo(dto: Dto): ReferenceObject {
    if (!this.all.has(dto.name)) {
      const schema = schemaOf(dto);
      for (const [field, addition] of Object.entries(this.additions[dto.name] ?? {}))
        Object.assign(schema.properties?.[field] ?? {}, addition);
      this.all.set(dto.name, schema);
      for (const inner of innerOf(dto, Object.keys(schema.properties ?? {}))) this.refTo(inner);
    }
    return { $ref: `#/components/schemas/${dto.name}` };
  }
}

/** The classes that `@Type` names for the fields of a DTO. */
const innerOf = (dto: Dto, fields: readonly string[]): readonly Dto[] =>
  fields.flatMap((field) => {
    const type = defaultMetadataStorage.findTypeMetadata(dto, field)?.typeFunction() as Dto | undefined;
    return type === undefined ? [] : [type];
  });

export function parametersOf(dto: Dto): ParameterObject[] {
  const { properties = {}, required = [] } = schemaOf(dto);
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as SchemaObject;
    return { name, in: 'query', required: required.includes(name), schema: rest, ...(description && { description }) };
  });
}

const text: SchemaObject = { type: 'string' };

/** RFC 9457 with our extensions. */
export const problemSchema: SchemaObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'retryable', 'trace_id'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: '`/problems/<code>`: GET it for the meaning.' },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { ...text, description: 'For people; do not parse.' },
    instance: { type: 'string', format: 'uri-reference', description: '`/requests/<id of the request in the logs>`' },
    code: { type: 'string', enum: Object.keys(problemCodes) },
    retryable: { type: 'boolean', description: 'The same request may succeed later.' },
    trace_id: { type: 'string', pattern: '^[0-9a-f]{32}$' },
    payment_id: { type: 'string', format: 'uuid' },
    payment_status: text,
    errors: {
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        required: ['field', 'rule', 'detail'],
        properties: {
          field: text,
          rule: { ...text, description: 'A stable word.' },
          detail: text,
          pointer: { ...text, description: 'RFC 6901, as a URI fragment; for fields of the body.' },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};
