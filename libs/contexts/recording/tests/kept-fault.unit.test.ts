import { expect, test } from '@jest/globals';
import { keptFault } from '@ferry/recording';

const fault = { field: 'amount', rule: 'not-positive', detail: 'must be positive', pointer: '/amount' };

test('a fault keeps the name of its field', () => expect(keptFault(fault)).toBe(fault));

test.each(['4111111111111111', '4111-1111-1111-1111'])('but for %s, which is the number of a card', (field) => {
  const said = { field: 'body', rule: 'unknown-field', detail: 'is not a field here' };
  expect(keptFault({ ...said, field })).toEqual(said);
  expect(keptFault({ ...said, field: 'x', pointer: `/${field}` })).toEqual(said);
});
