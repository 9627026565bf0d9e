import { readKeys } from '@ferry/encryption';
import { parseCidr } from '@ferry/tenancy';
import { makeExactValidator } from 'envalid';

/** A whole number between `min` and `max`, both included. */
export const whole = (min: number, max: number) =>
  makeExactValidator<number>((text) => {
    const number = Number(text);
    if (!/^-?\d+$/.test(String(text)) || number < min || number > max)
      throw new Error(`must be a whole number from ${min} to ${max}, not "${String(text)}"`);
    return number;
  });

/** A number between `min` and `max`, both included. */
export const number = (min: number, max: number) =>
  makeExactValidator<number>((text) => {
    const value = Number(text);
    if (String(text).trim() === '' || !(value >= min && value <= max))
      throw new Error(`must be a number from ${min} to ${max}, not "${String(text)}"`);
    return value;
  });

/** A URL of one of these schemes. The value is not repeated in the error: it may hold a password. */
export const urlOf = (...schemes: string[]) =>
  makeExactValidator<string>((text) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : undefined;
    if (scheme === undefined || !schemes.includes(scheme))
      throw new Error(`must be a URL that begins with ${schemes.map((name) => `${name}://`).join(' or ')}`);
    return text;
  });

/** `host:port` of one or more brokers, separated by commas. */
export const brokers = makeExactValidator<readonly string[]>((text) => {
  const list = String(text)
    .split(',')
    .map((broker) => broker.trim());
  if (!list.every((broker) => /^[^\s:/]+:\d{1,5}$/.test(broker)))
    throw new Error('must be host:port, several with commas between');
  return list;
});

/** Addresses and CIDR ranges of proxies, separated by commas. Of all addresses none could be told from a client's. */
export const proxyRanges = makeExactValidator<readonly string[]>((text) => {
  const list = String(text)
    .split(',')
    .map((range) => range.trim());
  const bad = list.find((range) => parseCidr(range) === undefined);
  if (bad !== undefined) throw new Error(`must be addresses or CIDR ranges, not "${bad}"`);
  const all = list.find((range) => parseCidr(range)?.prefixLength === 0);
  if (all !== undefined) throw new Error(`must not be "${all}": every client could then choose its address`);
  return list;
});

/** Keys that seal secrets; what is wrong is said without repeating them. */
export const encryptionKeys = makeExactValidator(readKeys);
