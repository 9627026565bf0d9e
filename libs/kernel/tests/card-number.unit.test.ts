import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdsCardNumber, mayHoldCardNumber } from '../src/index.js';
import { cardOf, issued, testCards, withLuhn } from './card-numbers.js';

const groups = (sizes: readonly number[], gap: string) => (card: string) => {
  let at = 0;
  return sizes.map((size) => card.slice(at, (at += size))).join(gap);
};

describe('test numbers of the schemes', () => {
  test.each(Object.entries(testCards).flatMap(([scheme, cards]) => cards.map((card) => [scheme, card] as const)))(
    '%s %s, bare and in a text',
    (_scheme, card) => {
      const texts = [
        card,
        `card ${card}.`,
        `PAN:${card}`,
        `pan${card}x`,
        `{"n":"${card}"}`,
        `ref_${card}_2`,
        `0, ${card}`,
      ];
      expect(texts.filter((text) => !holdsCardNumber(text))).toEqual([]);
    },
  );

  test.each([
    ['4111 1111 1111 1111'],
    ['4111-1111-1111-1111'],
    ['4111 - 1111 - 1111 - 1111'],
    ['4111.1111.1111.1111'],
    ['4111\u00a01111\u00a01111\u00a01111'],
    ['4111\u20131111\u20131111\u20131111'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
    ['41 11 11 11 11 11 11 11'],
    ['41111111 11111111'],
    ['2026 4111 1111 1111 1111 12/29'],
    ['3782 822463 10005'],
    ['3056 930902 5904'],
    ['4222 222 222 222'],
    ['4917 6100 0000 0000 003'],
    ['4111111111111111-4111111111111112'],
    ['4111111111111111.00'],
    ['ES91 2100 0418 4502 0005 1332, 4111 1111 1111 1111'],
  ])('%s', (text) => expect(holdsCardNumber(text)).toBe(true));
});

const forms: readonly (readonly number[])[] = [[4, 4, 4, 4, 3], [4, 6, 5], [4, 6, 4], Array(19).fill(1) as number[]];

test.each(issued)('any %s, however it is grouped', (_name, prefix, length) => {
  const inForm = fc.constantFrom(...forms.filter((form) => cutTo(form, length) !== undefined));
  fc.assert(
    fc.property(cardOf(prefix, length), inForm, fc.constantFrom('', ' ', '-'), (card, form, gap) => {
      expect(holdsCardNumber(groups(cutTo(form, length) ?? [], gap)(card))).toBe(true);
    }),
  );
});

/** A form for cards of this length: what is left over stands in the last group. */
function cutTo(form: readonly number[], length: number): readonly number[] | undefined {
  let left = length;
  const sizes = form.map((size) => Math.min(size, left - (left -= Math.min(size, left))));
  return left === 0 ? sizes.filter((size) => size > 0) : undefined;
}

test('a digit that is wrong makes it no card', () => {
  fc.assert(
    fc.property(cardOf('4', 16), fc.nat(15), fc.integer({ min: 1, max: 9 }), (card, at, by) => {
      const wrong = card.slice(0, at) + String((Number(card[at]) + by) % 10) + card.slice(at + 1);
      expect(holdsCardNumber(wrong)).toBe(false);
    }),
  );
});

test('a number with decimals is none, though its digits together were one', () => {
  expect(holdsCardNumber('4519087688580995')).toBe(true);
  expect(holdsCardNumber('45190876885809.95')).toBe(false);
});

test('a run of more digits than a card has is none', () => {
  expect(holdsCardNumber(`4111111111111111${'0'.repeat(4)}`)).toBe(false);
  expect(holdsCardNumber(withLuhn(`4${'1'.repeat(30)}`))).toBe(false);
});

test('whatever is found may be found', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789 -.a'.split('')), maxLength: 60 }), (text) => {
      expect(holdsCardNumber(text) && !mayHoldCardNumber(text)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
