/**
 * Numbers that are known to be something else. Each is here because clients of a payments engine send it in quantity, and one in ten
 * of what has a card's first digits passes Luhn; ADR 0016 has what each costs and saves.
 */

/** Ids of ours and of most others. A dash within would otherwise part them into runs of digits. */
const uuid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
/** Digests, object ids, trace and span ids: with a letter among them, or they would be long numbers. */
const hash = /(?=\d*[a-f])[0-9a-f]{24,}|(?<![0-9a-z])(?=\d*[a-f])[0-9a-f]{16}(?![0-9a-z])/gi;
/** IBAN, whole or in groups of four. */
const accountNumber = /[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3}(?![a-z0-9]))?/gi;
const ACCOUNT_NUMBER_MIN = 15;

/** The text with those names in it blotted out that prove by their form or by a checksum what they are. */
export const withoutOtherNames = (text: string): string =>
  text.replace(uuid, blot).replace(hash, blot).replace(accountNumber, blotAccountNumber);

const blot = (found: string): string => '_'.repeat(found.length);

/** What follows an IBAN may look like a part of it: parts are taken away from its end until the checksum holds. */
function blotAccountNumber(found: string): string {
  const parts = found.split(/([ -])/);
  for (let taken = parts.length; taken > 0; taken -= 2) {
    const text = parts.slice(0, taken).join('');
    if (isAccountNumber(text.replaceAll(/[ -]/g, ''))) return blot(text) + parts.slice(taken).join('');
  }
  return found;
}

/** ISO 13616: country and check digits moved to the end and letters read as 10 to 35, it leaves 1 by 97. */
function isAccountNumber(text: string): boolean {
  if (text.length < ACCOUNT_NUMBER_MIN) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  let rest = 0;
  for (const letter of moved) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const day = '(?:0[1-9]|[12]\\d|3[01])';
const month = '(?:0[1-9]|1[0-2])';
/** `261121...` (2023 to 2033) and `21112026...`, `211126...`: the first digits of Mastercard and Diners Club are dates too. */
const startsWithDate = new RegExp(`^(?:(?:2[3-9]|3[0-3])${month}${day}|${day}${month}(?:20)?[2-4]\\d)`);

/** Mobile numbers of 13 digits that begin with 4 are German or Austrian. */
const phone = /^4(?:91[5-7]|36)\d*$/;

/** Visa's old 13 digits are no longer issued; articles (EAN-13) and phones have them. */
const isNoOldVisa = (digits: string): boolean => digits.length === 13 && (phone.test(digits) || isArticle(digits));

/** GS1: digits times 1 and 3 in turn sum up to a multiple of ten. */
const isArticle = (digits: string): boolean =>
  digits.split('').reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0;

/** True for digits that are more likely something else than a card. */
export const isLikelierElse = (digits: string): boolean => startsWithDate.test(digits) || isNoOldVisa(digits);
