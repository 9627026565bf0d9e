import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Digits, isExact, readJson } from '../src/index.js';

describe('readJson', () => {
  const plain = (parsed: unknown): unknown =>
    JSON.parse(
      JSON.stringify(parsed, (_key, one: unknown) => (one instanceof Digits ? JSON.rawJSON(one.text) : one)),
    ) as unknown;

  const valueOf = (text: string): unknown => {
    const read = readJson(text);
    return 'value' in read ? read.value : read.fault;
  };

  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(plain(valueOf(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  const spelling = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.nat(1_000),
      fc.constantFrom('', '.0', '.50', '.123456789012345678901', 'e3', 'E-2', '.5e+1'),
    )
    .map(([sign, whole, rest]) => `${sign}${whole}${rest}`);
  const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', '7', '12', 'a:1', '"', '\\'));
  const told = fc.letrec<{ one: unknown; list: unknown[]; object: Map<string, unknown> }>((tie) => ({
    one: fc.oneof(
      { maxDepth: 4 },
      spelling.map((text) => new Digits(text)),
      key,
      fc.constant(null),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('one'), { maxLength: 4 }),
    object: fc
      .uniqueArray(fc.tuple(key, tie('one')), { selector: ([name]) => name, maxLength: 5 })
      .map((some) => new Map(some)),
  }));
  const written = (value: unknown): string => {
    if (value instanceof Digits) return value.text;
    if (Array.isArray(value)) return `[${value.map(written).join(' ,')}]`;
    if (value instanceof Map)
      return `{${[...(value as Map<string, unknown>)].map(([name, one]) => `${JSON.stringify(name)}: ${written(one)}`).join(',')}}`;
    return JSON.stringify(value);
  };
  const asRead = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(asRead);
    if (typeof value !== 'object' || value === null || value instanceof Digits) return value;
    return new Map(
      Object.keys(value)
        .sort()
        .map((name) => [name, asRead((value as Record<string, unknown>)[name])]),
    );
  };
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (!(value instanceof Map)) return value;
    const members = [...(value as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(members.map(([name, one]) => [name, sorted(one)]));
  };

  test('keeps the digits of every number, wherever it stands', () => {
    fc.assert(
      fc.property(told.one, (value) => {
        expect(asRead(valueOf(written(value)))).toEqual(sorted(value));
      }),
      { numRuns: 3_000 },
    );
  });

  test('has no fault of V8 in it, which takes one key for another', () => {
    for (let i = 0; i < 3; i += 1) valueOf('{"":1,"\\\\":0}');
    expect(valueOf('{"":"","\\"":""}')).toEqual({ '': '', '"': '' });
  });

  test('refuses what JSON.parse refuses', () => {
    const mutated = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom(',', '"', '\\', '}', '[', ':', '0', '-', '.', 'e', '\n', '\0', 'null'),
      )
      .map(
        ([text, at, piece]) => text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(mutated, (text) => {
        let theirs: unknown;
        try {
          theirs = JSON.parse(text);
        } catch {
          expect(readJson(text)).toEqual({ fault: expect.stringMatching(/^is not JSON/) });
          return;
        }
        const read = readJson(text);
        // A mutation may have made two keys equal: the one thing that only we refuse.
        if ('fault' in read) expect(read.fault).toMatch(/gives (?:a|the) key/);
        else expect(plain(read.value)).toEqual(theirs);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['{"a:":":","b\\":":"\\\\"}', '{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', '{"":{"":""}}'])(
    '%s has no key twice',
    (text) => {
      expect(plain(valueOf(text))).toEqual(JSON.parse(text));
    },
  );

  test.each([
    ['{"a":1,"b":{"c":1,"c":2}}', 'gives the key "c" twice'],
    ['{"a":1,"a":1}', 'gives a key twice'],
    ['{"4111111111111111":1,"4111111111111111":2}', 'gives a key twice'],
    [`${'['.repeat(60)}${']'.repeat(60)}`, 'is nested too deep'],
    [`${'['.repeat(60_000)}`, 'is nested too deep'],
    ['[4111111111111111.]', 'is not JSON'],
  ])('%.40s: %s', (text, fault) => expect(readJson(text)).toEqual({ fault }));

  test.each(['{', '', 'nul', '{"a":01}'])('%s: says where', (text) =>
    expect(readJson(text)).toEqual({ fault: expect.stringMatching(/^is not JSON: .+/) }),
  );
});

describe('isExact', () => {
  test.each([
    '0',
    '-0',
    '0.0',
    '1',
    '1.50',
    '1e3',
    '1E+21',
    '0.1',
    '5e-324',
    '9007199254740992',
    '1.7976931348623157e308',
    '100000000000000000000',
  ])('%s is', (text) => {
    expect(isExact(new Digits(text))).toBe(true);
  });
  test.each([
    '9007199254740993',
    '12345678901234567890',
    '1e309',
    '-1e400',
    '1e-400',
    '0.10000000000000001',
    '1.79769313486231571e308',
  ])('%s is not', (text) => {
    expect(isExact(new Digits(text))).toBe(false);
  });
  test('every double is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) =>
        isExact(new Digits(JSON.stringify(number))),
      ),
    );
  });
});
