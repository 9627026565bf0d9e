import { isCurrency, parseCidr, type Currency } from '@ferry/kernel';
import type { JsonValue } from '../recorded-payment.js';
import { bodyFormats, DEFAULT_UNIT, GENERIC, type Channel } from './channel.js';
import { DefinitionReader, type DefinitionFault } from './definition-reader.js';
import { parseFields, parsePointerOf } from './parse-fields.js';
import { parseSignature } from './parse-signature.js';

export type ChannelResult = { readonly channel: Channel } | { readonly faults: readonly DefinitionFault[] };

const ADDRESSES_MAX = 100;
const RATE_MAX = 1_000_000;

const names = [
  'format',
  'payments',
  'fields',
  'signature',
  'allowed_addresses',
  'requests_per_minute',
  'currency',
  'business_unit_id',
] as const;
/** The generic endpoint has one body, which is documented: a channel of its name says only who may send it. */
const ofShape = ['format', 'payments', 'fields'] as const;

/** Reads a definition as a client or the database spells it; all mistakes together; unknown fields are mistakes. */
export function parseChannel(name: string, json: JsonValue): ChannelResult {
  const reader = new DefinitionReader();
  const given = reader.members(json, '', names) ?? {};
  if (name === GENERIC)
    for (const field of ofShape)
      if (given[field] !== undefined) reader.fault(field, 'is fixed for the generic channel');
  const { format, payments, fields, signature } = given;
  const proof = signature === undefined ? undefined : parseSignature(reader, signature, 'signature');
  if (signature === undefined) reader.fault('signature', 'is required');
  const mapped = fields === undefined ? undefined : parseFields(reader, fields, 'fields');
  if (name !== GENERIC && fields === undefined) reader.fault('fields', 'is required');
  const isUnit = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/.test(text);
  const channel = {
    format: reader.word(format, 'format', bodyFormats) ?? 'json',
    payments: parsePointerOf(reader, payments, 'payments'),
    fields: mapped,
    allowedAddresses: reader.texts(
      given['allowed_addresses'],
      'allowed_addresses',
      (text) => parseCidr(text) !== undefined,
      `must be ${ADDRESSES_MAX} addresses or CIDR ranges at most`,
      ADDRESSES_MAX,
    ),
    requestsPerMinute: reader.count(given['requests_per_minute'], 'requests_per_minute', 1, RATE_MAX),
    currency: reader.text(given['currency'], 'currency', isCurrency, 'must be an ISO 4217 code') as
      Currency | undefined,
    businessUnitId:
      reader.text(given['business_unit_id'], 'business_unit_id', isUnit, 'must be the id of a business unit') ??
      DEFAULT_UNIT,
  };
  if (channel.format === 'form' && channel.payments) reader.fault('payments', 'has no place in a form');
  if (reader.faults.length > 0 || !proof) return { faults: reader.faults };
  return { channel: { ...channel, signature: proof } };
}
