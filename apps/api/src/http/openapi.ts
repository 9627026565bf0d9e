import {
  OpenApiBuilder,
  type MediaTypeObject,
  type OpenAPIObject,
  type OperationObject,
  type ParameterObject,
  type ResponseObject,
  type SchemaObject,
  type ServerObject,
} from 'openapi3-ts/oas31';
import { commonHeaders, responseHeaders } from './openapi-headers.js';
import { problemResponses } from './openapi-problems.js';
import { securityOf, securitySchemes } from './openapi-security.js';
import { parametersOf, problemSchema, SchemaRegistry } from './openapi-schemas.js';
import { isForOperators, type AnswerDoc, type HeaderDoc, type Route } from './route.js';
import type { Schema } from './rules.js';

/** The OpenAPI 3.1 document of the route table. `rails`: the names a client may give. */
export function openApiDocument(routes: readonly Route[], rails: readonly string[]): OpenAPIObject {
  const schemas = new SchemaRegistry({ CreatePaymentBody: { rail: { enum: [...rails] } } });
  const builder = OpenApiBuilder.create({
    openapi: '3.1.0',
    info: {
      title: 'Ferry',
      version: '1',
      description:
        'Payments that go across once. Amounts are JSON numbers with the decimals of the currency; times are RFC 3339 in UTC; refusals are RFC 9457 documents with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Payments' },
      { name: 'Recorded payments' },
      { name: 'Tenancy' },
      { name: 'Health' },
      { name: 'Documents' },
    ],
    paths: {},
  });
  for (const route of routes) builder.addPath(templateOf(route.path), { [route.method]: operationOf(route, schemas) });
  builder.addSchema('Problem', problemSchema);
  for (const [name, header] of Object.entries(commonHeaders)) builder.addHeader(name, header);
  for (const [name, scheme] of Object.entries(securitySchemes)) builder.addSecurityScheme(name, scheme);
  for (const [name, schema] of schemas.all) builder.addSchema(name, schema);
  return builder.getSpec();
}

/** One document for both listeners: only whoever runs Ferry knows where the other one is. */
const operatorsServer: ServerObject = {
  url: '{operators}',
  description: 'The listener for operators, `ADMIN_HOST` and `ADMIN_PORT`. There is none unless a port is set.',
  variables: { operators: { default: 'http://localhost:8081' } },
};

/** `/payments/:id` as OpenAPI writes it: `/payments/{id}`. */
export const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}');

function operationOf(route: Route, schemas: SchemaRegistry): OperationObject {
  const { operationId, tag, summary, description, body } = route;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(isForOperators(route) && { servers: [operatorsServer] }),
    security: securityOf(route),
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(body && {
      requestBody: {
        required: body.required,
        content: {
          'application/json': {
            schema: body.orForm ? foreign : schemas.refTo(body.dto),
            examples: Object.fromEntries(Object.entries(body.examples).map(([name, value]) => [name, { value }])),
          },
          ...(body.orForm && { 'application/x-www-form-urlencoded': { schema: foreign } }),
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, doc]) => [status, responseOf(route, doc, schemas)]),
      ),
      ...problemResponses(route),
    },
  };
}

const uuid: Schema = { type: 'string', format: 'uuid' };

const pathParameters = ({ path, params }: Route): ParameterObject[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: params?.[name] ?? (name === 'id' ? uuid : { type: 'string' }),
  }));

const queryParameters = ({ query }: Route): ParameterObject[] => (query ? parametersOf(query) : []);

/** A body in the words of somebody else: its fields mean what a channel says. */
const foreign: SchemaObject = { type: 'object', additionalProperties: true };

const correlation: HeaderDoc = {
  description:
    "Your name for this request in logs and events; the answer repeats it. The request's own id stands in for one that is not printable ASCII or longer than 128 characters.",
  schema: { type: 'string' },
};

const headerParameters = (route: Route): ParameterObject[] =>
  Object.entries({ ...route.headers, ...(route.for !== 'everybody' && { 'X-Correlation-Id': correlation }) }).map(
    ([name, header]) => ({ name, in: 'header', required: false, ...header }),
  );

function responseOf(route: Route, doc: AnswerDoc, schemas: SchemaRegistry): ResponseObject {
  const { description, body, type, headers, example } = doc;
  const types = type === undefined ? ['application/json'] : typeof type === 'string' ? [type] : type;
  const media = (one: string): MediaTypeObject => ({
    schema: body
      ? schemas.refTo(body)
      : one === 'application/json'
        ? { type: 'object', additionalProperties: true }
        : { type: 'string' },
    ...(example !== undefined && { example }),
  });
  return {
    description,
    headers: responseHeaders(route, headers),
    content: Object.fromEntries(types.map((one) => [one, media(one)])),
  };
}
