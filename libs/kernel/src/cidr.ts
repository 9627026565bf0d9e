/** An address as a number with its width: 32 bits for IPv4, 128 for IPv6. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface Cidr extends Address {
  readonly prefixLength: number;
}

const MAPPED = 0xffffn << 32n;

/** Undefined when it is no address. An IPv4 address mapped into IPv6 is the IPv4 address: sockets spell it either way. */
function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { bits: 32, value: four };
  const six = parseSix(text);
  if (six === undefined) return undefined;
  return six >> 32n === MAPPED >> 32n ? { bits: 32, value: six & 0xffffffffn } : { bits: 128, value: six };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  // Leading zeros are octal to some programs and decimal to others.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseSix(text: string): bigint | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded) {
    const four = parseFour(embedded[2] as string);
    if (four === undefined) return undefined;
    return parseSix(`${embedded[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** `10.0.0.0/8`, `2001:db8::/32`, or an address alone. Undefined when it is neither, or when bits beyond the prefix are set. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed || rest.length > 0 || (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length))) return undefined;
  const prefixLength = length === undefined ? parsed.bits : Number(length);
  if (prefixLength > parsed.bits) return undefined;
  const host = (1n << BigInt(parsed.bits - prefixLength)) - 1n;
  return (parsed.value & host) === 0n ? { ...parsed, prefixLength } : undefined;
}

/** Whether the address lies in one of the ranges; something that is no address lies in none. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const parsed = parseAddress(address);
  if (!parsed) return false;
  return ranges.some((text) => {
    const range = parseCidr(text);
    if (range?.bits !== parsed.bits) return false;
    const shift = BigInt(range.bits - range.prefixLength);
    return parsed.value >> shift === range.value >> shift;
  });
}
