import type { JsonValue } from '../recorded-payment.js';
import type { DefinitionReader } from './definition-reader.js';
import { timestampFormats, type Signature, type SignedTimestamp } from './signature.js';

/** The reference libraries of Standard Webhooks allow as much. */
const TOLERANCE_SECONDS = 300;
const TOLERANCE_SECONDS_MAX = 3_600;
const TEXT_LENGTH_MAX = 100;

const schemes = ['hmac-sha256', 'standard-webhooks', 'none'] as const;
const membersOf = {
  'hmac-sha256': ['scheme', 'header', 'encoding', 'prefix', 'timestamp', 'signed'],
  'standard-webhooks': ['scheme', 'tolerance_seconds'],
  none: ['scheme'],
} as const;

const isHeader = (text: string): boolean => /^[a-z0-9-]{1,100}$/i.test(text) && text.toLowerCase() !== 'authorization';
const isShort = (text: string): boolean => text.length <= TEXT_LENGTH_MAX;
const HEADER_RULE = 'must be the name of a header';

export function parseSignature(reader: DefinitionReader, json: JsonValue, path: string): Signature | undefined {
  const all = reader.members(json, path, 'any');
  if (!all) return undefined;
  const scheme = reader.required(
    reader.word(all['scheme'], `${path}.scheme`, schemes),
    all['scheme'],
    `${path}.scheme`,
  );
  if (scheme === undefined) return undefined;
  const given = reader.members(json, path, membersOf[scheme]) ?? {};
  if (scheme === 'none') return { scheme };
  if (scheme === 'standard-webhooks') {
    const at = `${path}.tolerance_seconds`;
    const toleranceSeconds = reader.count(given['tolerance_seconds'], at, 1, TOLERANCE_SECONDS_MAX);
    return { scheme, toleranceSeconds: toleranceSeconds ?? TOLERANCE_SECONDS };
  }
  const header = reader.required(
    reader.text(given['header'], `${path}.header`, isHeader, HEADER_RULE),
    given['header'],
    `${path}.header`,
  );
  const encoding = reader.word(given['encoding'], `${path}.encoding`, ['hex', 'base64']) ?? 'hex';
  const prefix = reader.text(given['prefix'], `${path}.prefix`, isShort, 'must be a short text') ?? '';
  const timestamp = parseTimestamp(reader, given['timestamp'], `${path}.timestamp`);
  const signed = reader.text(given['signed'], `${path}.signed`, isShort, 'must be a short text') ?? '{body}';
  checkSigned(reader, signed, given['timestamp'] !== undefined, `${path}.signed`);
  return header === undefined
    ? undefined
    : { scheme, header: header.toLowerCase(), encoding, prefix, timestamp, signed };
}

function parseTimestamp(
  reader: DefinitionReader,
  json: JsonValue | undefined,
  path: string,
): SignedTimestamp | undefined {
  const given = reader.members(json, path, ['header', 'format', 'tolerance_seconds']);
  if (!given) return undefined;
  const header = reader.required(
    reader.text(given['header'], `${path}.header`, isHeader, HEADER_RULE),
    given['header'],
    `${path}.header`,
  );
  const format = reader.word(given['format'], `${path}.format`, timestampFormats) ?? 'epoch-seconds';
  const at = `${path}.tolerance_seconds`;
  const tolerance = reader.count(given['tolerance_seconds'], at, 1, TOLERANCE_SECONDS_MAX) ?? TOLERANCE_SECONDS;
  return header === undefined ? undefined : { header: header.toLowerCase(), format, toleranceSeconds: tolerance };
}

/** A time that is not signed could be changed by whoever sends an old body again. */
function checkSigned(reader: DefinitionReader, signed: string, hasTimestamp: boolean, path: string): void {
  const times = (what: string): number => signed.split(what).length - 1;
  if (times('{body}') !== 1) reader.fault(path, 'must have {body} once');
  if (times('{timestamp}') !== (hasTimestamp ? 1 : 0))
    reader.fault(path, hasTimestamp ? 'must have {timestamp} once' : 'has a {timestamp} of which nothing is said');
}
