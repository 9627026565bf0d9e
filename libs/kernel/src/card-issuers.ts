/** First digits from and to, and the lengths that are issued with them. */
type Range = readonly [from: string, to: string, ...lengths: readonly number[]];

/**
 * Issuers by ISO/IEC 7812. Lengths are those that are in use, which for some are fewer than their rules allow: each one more
 * takes references of that length from clients who number theirs. Left out is UATP (1, 15 digits): every timestamp begins so.
 */
const ranges: readonly Range[] = [
  ['4', '4', 13, 16, 19], // Visa
  ['51', '55', 16], // Mastercard
  ['2221', '2720', 16],
  ['34', '34', 15], // American Express
  ['37', '37', 15],
  ['300', '305', 14, 16], // Diners Club
  ['3095', '3095', 14, 16],
  ['36', '36', 14, 16],
  ['38', '39', 14, 16],
  ['6011', '6011', 16], // Discover
  ['644', '649', 16],
  ['65', '65', 16],
  ['3528', '3589', 16, 17, 18, 19], // JCB
  ['62', '62', 16, 17, 18, 19], // UnionPay
  ['81', '81', 16, 17, 18, 19],
  ['5018', '5020', 13, 14, 15, 16, 17, 18, 19], // Maestro
  ['5038', '5038', 13, 14, 15, 16, 17, 18, 19],
  ['5893', '5893', 13, 14, 15, 16, 17, 18, 19],
  ['6304', '6304', 13, 14, 15, 16, 17, 18, 19],
  ['6759', '6763', 13, 14, 15, 16, 17, 18, 19],
  ['506099', '506198', 16, 18, 19], // Verve
  ['507865', '507964', 16, 18, 19],
  ['650002', '650027', 16, 18, 19],
  ['2200', '2204', 16], // Mir
  ['508', '508', 16], // RuPay
  ['60', '60', 16],
  ['82', '82', 16],
  ['9792', '9792', 16], // Troy
];

/** True if an issuer numbers cards of this length so. */
export const isOfAnIssuer = (digits: string): boolean =>
  ranges.some(
    ([from, to, ...lengths]) =>
      lengths.includes(digits.length) && digits.slice(0, from.length) >= from && digits.slice(0, to.length) <= to,
  );

/** ISO/IEC 7812-1 annex B: the last digit makes the sum a multiple of ten. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
