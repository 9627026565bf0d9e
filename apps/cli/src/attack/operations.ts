/** As much of JSON Schema as an attack reads. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean;
}

export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** What an attack needs to know of one operation of an OpenAPI document. */
export interface Operation {
  /** `POST /api/v1/payments`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly scope: string;
  /** Names in the path. */
  readonly parameters: readonly string[];
  readonly query: readonly Field[];
  readonly headers: readonly string[];
  readonly body: { readonly example: unknown; readonly fields: readonly Field[]; readonly isOpen: boolean } | undefined;
  /** Something new is there afterwards. */
  readonly makes: boolean;
}

interface Described {
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema?: Schema; readonly examples?: Readonly<Record<string, { value: unknown }>> }>
    >;
  };
  readonly responses?: Readonly<Record<string, unknown>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** Path items have other members too: `servers`, `parameters`, `summary`. */
const methodsKnown = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'];

/** Every operation that asks for a key. A route that is added to the API is attacked without a word here. */
export const operationsOf = (document: OpenApi): readonly Operation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method, { security = [] }]) => methodsKnown.includes(method) && security.length > 0)
      .map(([method, described]) => operationOf(document, path, method.toUpperCase(), described)),
  );

function operationOf(document: OpenApi, path: string, method: string, described: Described): Operation {
  const { security = [], parameters = [], requestBody, responses = {} } = described;
  const inPlace = (place: string) => parameters.filter((one) => one.in === place);
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  return {
    name: `${method} ${path}`,
    method,
    path,
    scope: Object.values(security[0] ?? {})[0]?.[0] ?? '',
    parameters: named,
    query: inPlace('query').map(({ name, schema = {}, required = false }) => ({ name, schema, required })),
    headers: inPlace('header').map(({ name }) => name),
    body: bodyOf(document, requestBody),
    makes: '201' in responses || (method === 'PUT' && named.length > 0),
  };
}

function bodyOf(document: OpenApi, requestBody: Described['requestBody']): Operation['body'] {
  const content = requestBody?.content['application/json'];
  if (!content) return undefined;
  const [example] = Object.values(content.examples ?? {});
  const { properties = {}, required = [], additionalProperties } = resolved(document, content.schema ?? {});
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    schema: resolved(document, schema),
    required: required.includes(name),
  }));
  // In an open body fields may have any name, and none of ours means anything.
  return { example: example?.value ?? {}, fields, isOpen: additionalProperties === true };
}

const resolved = (document: OpenApi, schema: Schema): Schema =>
  schema.$ref === undefined ? schema : (document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {});
