/**
 * The words that say which rule a field breaks. As stable as the problem codes; docs/errors.md lists them, and a test
 * holds both together.
 */
export const faultRules = {
  required: 'It must be given.',
  'unknown-field': 'There is no field or parameter of this name here.',
  repeated: 'It is given twice.',
  object: 'It must be a JSON object.',
  string: 'It must be a string.',
  'number-or-string': 'It must be a number, or a string of decimal digits.',
  length: 'It is empty or too long.',
  characters: 'It has characters that it must not have: control characters, NUL, lone surrogates.',
  'one-of': 'It must be one of a list of words.',
  integer: 'It must be a whole number within bounds.',
  time: 'It must be an RFC 3339 date-time with offset.',
  after: 'It must be later than another field.',
  uuid: 'It must be a UUID in lower case.',
  'unknown-currency': 'It must be an ISO 4217 currency with minor units.',
  'not-a-number': 'It is no decimal number.',
  'not-positive': 'It must be greater than 0.',
  'too-many-decimals': 'It has more decimals than the currency.',
  'too-many-digits': 'It has more than 15 digits, decimals of the currency included.',
  'currency-not-allowed': 'The tenant does not allow this currency.',
  'rail-not-allowed': 'The tenant does not allow this rail.',
  'above-amount-max': 'It is above what the tenant allows for one payment in this currency.',
  'unknown-business-unit': 'The tenant has no such business unit.',
  depth: 'It is nested too deep.',
  keys: 'It has too many keys.',
  bytes: 'It is too large.',
  'inexact-number': 'It is a number that a double cannot hold with all its digits.',
  list: 'It must be a list of so many texts, each of them allowed.',
  day: 'It must be a day, like 2026-02-28.',
  config: 'The configuration cannot be like this; `detail` says why.',
  'card-number': 'It looks like the number of a payment card.',
  'forbidden-key': 'This must not be a key.',
} as const;

export type FaultRule = keyof typeof faultRules;
