import type { JsonValue } from '../recorded-payment.js';
import type { Channel, ChannelFields, ValueSource } from './channel.js';
import { pointerText } from './json-pointer.js';
import type { Signature } from './signature.js';

type Json = Readonly<Record<string, JsonValue>>;

/** The inverse of `parseChannel`: what is stored, shown and audited. What was not given is left out, but for its defaults. */
export const channelJson = (channel: Channel): JsonValue => ({
  ...(channel.fields && { format: channel.format }),
  ...(channel.payments && { payments: pointerText(channel.payments) }),
  ...(channel.fields && { fields: fieldsJson(channel.fields) }),
  signature: signatureJson(channel.signature),
  allowed_addresses: channel.allowedAddresses,
  ...(channel.requestsPerMinute !== undefined && { requests_per_minute: channel.requestsPerMinute }),
  ...(channel.currency && { currency: channel.currency }),
  business_unit_id: channel.businessUnitId,
});

const sourceJson = (source: ValueSource): Json =>
  'pointer' in source ? { pointer: pointerText(source.pointer) } : { constant: source.constant };

const fieldsJson = (fields: ChannelFields): Json => ({
  reference_number: sourceJson(fields.referenceNumber),
  loan_account_number: sourceJson(fields.loanAccountNumber),
  cif: sourceJson(fields.cif),
  amount: { ...sourceJson(fields.amount), unit: fields.amount.unit },
  payment_date: {
    ...sourceJson(fields.paymentDate),
    format: fields.paymentDate.format,
    ...(fields.paymentDate.timeZone !== undefined && { time_zone: fields.paymentDate.timeZone }),
  },
  ...(fields.currency && { currency: sourceJson(fields.currency) }),
  ...(fields.paymentChannel && { payment_channel: sourceJson(fields.paymentChannel) }),
  ...(fields.metadata && { metadata: metadataJson(fields.metadata) }),
});

const metadataJson = (metadata: NonNullable<ChannelFields['metadata']>): Json =>
  'pointer' in metadata
    ? { pointer: pointerText(metadata.pointer) }
    : {
        members: Object.fromEntries(Object.entries(metadata.members).map(([name, one]) => [name, sourceJson(one)])),
      };

function signatureJson(signature: Signature): Json {
  if (signature.scheme === 'none') return { scheme: 'none' };
  if (signature.scheme === 'standard-webhooks')
    return { scheme: signature.scheme, tolerance_seconds: signature.toleranceSeconds };
  const { scheme, header, encoding, prefix, timestamp, signed } = signature;
  return {
    scheme,
    header,
    encoding,
    ...(prefix !== '' && { prefix }),
    ...(timestamp && {
      timestamp: {
        header: timestamp.header,
        format: timestamp.format,
        tolerance_seconds: timestamp.toleranceSeconds,
      },
    }),
    signed,
  };
}
