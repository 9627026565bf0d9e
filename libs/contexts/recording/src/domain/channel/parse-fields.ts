import type { JsonValue } from '../recorded-payment.js';
import { amountUnits, type ChannelFields, type MetadataSource, type ValueSource } from './channel.js';
import type { DefinitionReader, Members } from './definition-reader.js';
import { parsePointer, type Pointer } from './json-pointer.js';
import { isInstantFormat, isTimeFormat, isTimeZone } from './time-format.js';

const CONSTANT_LENGTH_MAX = 255;
const MEMBERS_MAX = 30;

const names = [
  'reference_number',
  'loan_account_number',
  'cif',
  'amount',
  'payment_date',
  'currency',
  'payment_channel',
  'metadata',
] as const;

export function parsePointerOf(
  reader: DefinitionReader,
  json: JsonValue | undefined,
  path: string,
): Pointer | undefined {
  const isGood = (text: string): boolean => parsePointer(text) !== undefined;
  const text = reader.text(json, path, isGood, 'must be a JSON pointer (RFC 6901)');
  return text === undefined ? undefined : parsePointer(text);
}

/** The fields of a definition; undefined when one that is needed is missing or wrong, which the reader knows. */
export function parseFields(reader: DefinitionReader, json: JsonValue, path: string): ChannelFields | undefined {
  const given = reader.members(json, path, names);
  if (!given) return undefined;
  const source = (name: (typeof names)[number]): ValueSource | undefined => {
    const members = reader.members(given[name], `${path}.${name}`, ['pointer', 'constant']);
    return members && parseSource(reader, members, `${path}.${name}`);
  };
  const needed = (name: (typeof names)[number]) => reader.required(source(name), given[name], `${path}.${name}`);
  const referenceNumber = needed('reference_number');
  const loanAccountNumber = needed('loan_account_number');
  const cif = needed('cif');
  const amount = reader.required(parseAmount(reader, given, path), given['amount'], `${path}.amount`);
  const paymentDate = reader.required(parseDate(reader, given, path), given['payment_date'], `${path}.payment_date`);
  const currency = source('currency');
  const paymentChannel = source('payment_channel');
  const metadata = parseMetadata(reader, given['metadata'], `${path}.metadata`);
  if (!referenceNumber || !loanAccountNumber || !cif || !amount || !paymentDate) return undefined;
  return { referenceNumber, loanAccountNumber, cif, amount, paymentDate, currency, paymentChannel, metadata };
}

function parseSource(reader: DefinitionReader, members: Members, path: string): ValueSource | undefined {
  const pointer = parsePointerOf(reader, members['pointer'], `${path}.pointer`);
  const isShort = (text: string): boolean => text.length <= CONSTANT_LENGTH_MAX;
  const constant = reader.text(members['constant'], `${path}.constant`, isShort, 'must be a short text');
  if ((members['pointer'] === undefined) === (members['constant'] === undefined))
    return reader.fault(path, 'must have either a pointer or a constant');
  if (pointer !== undefined) return { pointer };
  return constant === undefined ? undefined : { constant };
}

function parseAmount(reader: DefinitionReader, given: Members, path: string): ChannelFields['amount'] | undefined {
  const at = `${path}.amount`;
  const members = reader.members(given['amount'], at, ['pointer', 'constant', 'unit']);
  if (!members) return undefined;
  const source = parseSource(reader, members, at);
  const unit = reader.word(members['unit'], `${at}.unit`, amountUnits) ?? 'major';
  return source && { ...source, unit };
}

function parseDate(reader: DefinitionReader, given: Members, path: string): ChannelFields['paymentDate'] | undefined {
  const at = `${path}.payment_date`;
  const members = reader.members(given['payment_date'], at, ['pointer', 'constant', 'format', 'time_zone']);
  if (!members) return undefined;
  const source = parseSource(reader, members, at);
  const rule = 'must be rfc3339, epoch-seconds, epoch-milliseconds or a pattern like yyyy-MM-dd HH:mm:ss';
  const format = reader.text(members['format'], `${at}.format`, isTimeFormat, rule) ?? 'rfc3339';
  const timeZone = reader.text(members['time_zone'], `${at}.time_zone`, isTimeZone, 'must be an IANA time zone');
  if (isInstantFormat(format) !== (members['time_zone'] === undefined))
    return reader.fault(`${at}.time_zone`, 'belongs to a pattern, which has no zone of its own');
  return source && { ...source, format, timeZone };
}

function parseMetadata(
  reader: DefinitionReader,
  json: JsonValue | undefined,
  path: string,
): MetadataSource | undefined {
  const given = reader.members(json, path, ['pointer', 'members']);
  if (!given) return undefined;
  if ((given['pointer'] === undefined) === (given['members'] === undefined))
    return reader.fault(path, 'must have either a pointer or members');
  const pointer = parsePointerOf(reader, given['pointer'], `${path}.pointer`);
  if (pointer) return { pointer };
  const members = Object.entries(reader.members(given['members'], `${path}.members`, 'any') ?? {});
  if (members.length > MEMBERS_MAX) return reader.fault(`${path}.members`, `must be ${MEMBERS_MAX} at most`);
  const sources = members.flatMap(([name, one]) => {
    const at = `${path}.members.${name}`;
    const source = parseSource(reader, reader.members(one, at, ['pointer', 'constant']) ?? {}, at);
    return source ? [[name, source] as const] : [];
  });
  return { members: Object.fromEntries(sources) };
}
