/**
 * ISO 4217 minor units (list one). `Intl` is not used: it follows CLDR, which differs for 17 currencies (HUF, IQD, MGA, ...).
 * Codes without minor units (metals, funds, test codes: XAU, XXX, XTS, ...) are not payable and are left out on purpose.
 */
const zero = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const three = 'BHD IQD JOD KWD LYD OMR TND';
const four = 'CLF UYW';
const two =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW ' +
  'CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ' +
  'ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV ' +
  'MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD ' +
  'SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG';

const exponents = new Map<string, number>();
for (const [codes, exponent] of [
  [zero, 0],
  [two, 2],
  [three, 3],
  [four, 4],
] as const)
  for (const code of codes.split(' ')) exponents.set(code, exponent);

/** An ISO 4217 alphabetic code that this table knows. */
export type Currency = string & { readonly __currency: unique symbol };

export const isCurrency = (code: string): code is Currency => exponents.has(code);

/** Decimals of the currency: 0 for XAF, 2 for EUR, 3 for KWD. */
export function exponentOf(currency: Currency): number {
  const exponent = exponents.get(currency);
  if (exponent === undefined) throw new Error(`not an ISO 4217 currency: ${currency}`);
  return exponent;
}

export const currencies = (): readonly Currency[] => [...exponents.keys()].sort() as Currency[];
