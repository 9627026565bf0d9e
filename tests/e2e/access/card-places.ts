import { randomUUID } from 'node:crypto';
import type { Operation } from '../../../apps/cli/src/attack/operations.js';

/** One request with a card number in one place, and the field that the refusal must name. */
export interface Planted {
  readonly place: string;
  readonly field: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const headersOfAll = ['Idempotency-Key', 'X-Idempotency-Key', 'X-Correlation-Id'];

/** Everywhere where an operation takes a text: each field of its body, each parameter, each header, and the insides of objects. */
export function* everyPlace(operation: Operation, card: string): Iterable<Planted> {
  const { body, name } = operation;
  const good = { path: pathOf(operation), headers: {}, body: body?.example };
  const at = (place: string, field: string, changed: Partial<Planted>): Planted => ({
    ...good,
    place: `${name}: ${place}`,
    field,
    ...changed,
  });
  for (const header of headersOfAll) yield at(header, header, { headers: { [header]: card } });
  for (const parameter of operation.parameters)
    yield at(`{${parameter}}`, parameter, { path: pathOf(operation, parameter, card) });
  for (const { name: parameter } of [...operation.query, { name: 'unknown' }])
    yield at(`?${parameter}`, parameter, {
      path: `${good.path}?${new URLSearchParams({ [parameter]: card }).toString()}`,
    });
  yield at('a name in the query', 'query', { path: `${good.path}?${new URLSearchParams({ [card]: '1' }).toString()}` });
  // What a channel does with a body is held by the tests of channels.
  if (!body || body.isOpen) return;
  const example = body.example as Readonly<Record<string, unknown>>;
  for (const { name: field } of [...body.fields, { name: 'unknown' }])
    for (const [how, value] of inMany(card))
      yield at(`${field}, ${how}`, field, { body: { ...example, [field]: value } });
  yield at('a name in the body', 'body', { body: { ...example, [card]: 1 } });
}

const inMany = (card: string): readonly (readonly [how: string, value: unknown])[] => [
  ['as it is', card],
  ['in a text', `paid with ${card}, thanks`],
  ...asNumber(card),
  ['in a list', ['a', card]],
  ['within', { a: [{ b: card }] }],
  ['as a name', { [card]: 'a' }],
];

/** Of 19 digits a double holds no more than 16. */
function* asNumber(card: string): Iterable<readonly [how: string, value: unknown]> {
  const number = Number(card.replaceAll(/\D/g, ''));
  if (Number.isSafeInteger(number)) yield ['as a number', number];
}

/** With the name of nothing in the form that the route takes: one of another form is refused before anything else is read. */
const pathOf = ({ path }: Operation, planted = '', card = ''): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    name === planted ? encodeURIComponent(card) : name === 'id' ? randomUUID() : 'nothing-here',
  );
