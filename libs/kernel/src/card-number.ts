import { isOfAnIssuer, passesLuhn } from './card-issuers.js';
import { isLikelierElse, withoutOtherNames } from './card-lookalikes.js';

/** Between groups of digits: spaces of any kind, dashes of any kind, dots; ` - ` too. */
const GAP = '[\\s.\\u2010-\\u2015\\u2212-]{1,3}';
const DIGITS_MIN = 13;

/** What every text with a card number has, and few others: it keeps the rest of this file off the path of nearly all requests. */
const enoughDigits = new RegExp(`\\d(?:(?:${GAP})?\\d){${DIGITS_MIN - 1}}`);

const sequences = new RegExp(`\\d+(?:${GAP}\\d+)*`, 'g');

/** Lengths of groups as cards and forms have them, the last one up to its own length. */
const printed: readonly (readonly number[])[] = [
  [4, 4, 4, 4],
  [4, 4, 4, 4, 1],
  [4, 4, 4, 4, 2],
  [4, 4, 4, 4, 3],
  [4, 4, 4, 1],
  [4, 3, 3, 3],
  [4, 6, 4],
  [4, 6, 5],
  [8, 8],
];

/** False for texts in which `holdsCardNumber` finds nothing; cheap. */
export const mayHoldCardNumber = (text: string): boolean => enoughDigits.test(text);

/**
 * True if something in the text looks like the number of a payment card: of an issuer's first digits and length, passing
 * Luhn, and not more likely something else. ADR 0016 says what is found, what is not, and how often it errs.
 */
export function holdsCardNumber(text: string): boolean {
  if (!enoughDigits.test(text)) return false;
  for (const [sequence] of withoutOtherNames(text).matchAll(sequences))
    for (const digits of candidatesIn(sequence)) if (isCardNumber(digits)) return true;
  return false;
}

const isCardNumber = (digits: string): boolean =>
  digits.length >= DIGITS_MIN && passesLuhn(digits) && isOfAnIssuer(digits) && !isLikelierElse(digits);

function* candidatesIn(sequence: string): Iterable<string> {
  const groups = [...sequence.matchAll(/(\D*)(\d+)/g)].map(([, gap = '', digits = '']) => ({ gap, digits }));
  if (groups.length > 1 && !isDecimal(groups) && areAlike(groups.map(({ digits }) => digits.length)))
    yield joined(groups);
  for (let at = 0; at < groups.length; at += 1) {
    // Behind a point alone stand decimals.
    if (groups[at]?.gap !== '.') yield groups[at]?.digits ?? '';
    for (const form of printed)
      if (form.every((length, i) => groups[at + i]?.digits.length === length))
        yield joined(groups.slice(at, at + form.length));
  }
}

type Groups = readonly { readonly gap: string; readonly digits: string }[];

/** `45190876885809.95`: a number, and nothing that anybody prints on a card. */
const isDecimal = (groups: Groups): boolean => groups.length === 2 && groups[1]?.gap === '.';

const joined = (groups: readonly { readonly digits: string }[]): string => groups.map(({ digits }) => digits).join('');

const ALIKE_MAX = 4;

/**
 * Groups of one length throughout, with what is left at the end: `4 1 1 1 ...`, `41 11 11 ...`. Of at most four, as on cards:
 * a long number and a counter behind it (`4273404278-144`) is what people give their orders.
 */
const areAlike = ([first = 0, ...others]: readonly number[]): boolean =>
  first <= ALIKE_MAX && others.every((length, i) => length === first || (i === others.length - 1 && length < first));
