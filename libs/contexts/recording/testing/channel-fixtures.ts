import type { JsonValue } from '../src/domain/recorded-payment.js';

/** A shape as outside systems send it, how a channel reads it, and what comes out. */
export interface ChannelFixture {
  readonly name: string;
  readonly definition: { readonly [key: string]: JsonValue };
  readonly contentType: string;
  readonly body: string;
  /** Reference number, minor units, currency, time and channel of each payment. */
  readonly payments: readonly (readonly [string, bigint, string, string, string])[];
}

const json = 'application/json';

/** A bank that posts each transfer with the time of its own clock. */
export const flatJson: ChannelFixture = {
  name: 'flat JSON',
  definition: {
    fields: {
      reference_number: { pointer: '/transactionRef' },
      loan_account_number: { pointer: '/accountNo' },
      cif: { pointer: '/customerNo' },
      amount: { pointer: '/amount' },
      payment_date: { pointer: '/postedAt', format: 'yyyy-MM-dd HH:mm:ss', time_zone: 'Africa/Douala' },
      currency: { pointer: '/currency' },
      payment_channel: { constant: 'bank-transfer' },
      metadata: { members: { branch: { pointer: '/branch' } } },
    },
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Bank-Signature',
      encoding: 'hex',
      prefix: 'sha256=',
      signed: '{body}',
    },
  },
  contentType: json,
  body: '{"transactionRef":"FT26001","accountNo":"LN-100","customerNo":4711,"amount":1500.00,"currency":"XAF","postedAt":"2026-02-28 09:30:00","branch":"Bonanjo"}',
  payments: [['FT26001', 1500n, 'XAF', '2026-02-28T08:30:00.000Z', 'bank-transfer']],
};

/** A mobile money operator: envelopes in envelopes, minor units, milliseconds since 1970. */
export const nestedJson: ChannelFixture = {
  name: 'nested JSON with minor units and epoch times',
  definition: {
    fields: {
      reference_number: { pointer: '/data/object/id' },
      loan_account_number: { pointer: '/data/object/order/loan' },
      cif: { pointer: '/data/object/order/customer/cif' },
      amount: { pointer: '/data/object/amount', unit: 'minor' },
      payment_date: { pointer: '/data/object/created', format: 'epoch-milliseconds' },
      metadata: { pointer: '/data/object/order' },
    },
    signature: { scheme: 'standard-webhooks', tolerance_seconds: 300 },
    currency: 'EUR',
  },
  contentType: json,
  body: '{"type":"charge.succeeded","data":{"object":{"id":"ch_9f","amount":12345,"created":1772271000000,"order":{"loan":"LN-200","customer":{"cif":"C-9"}}}}}',
  payments: [['ch_9f', 12345n, 'EUR', '2026-02-28T09:30:00.000Z', 'orders']],
};

/** A payment page that posts a form, as those of the nineties and their heirs do. */
export const formEncoded: ChannelFixture = {
  name: 'form-encoded',
  definition: {
    format: 'form',
    fields: {
      reference_number: { pointer: '/txn_id' },
      loan_account_number: { pointer: '/custom' },
      cif: { pointer: '/payer id' },
      amount: { pointer: '/mc_gross' },
      payment_date: { pointer: '/date', format: 'yyyyMMddHHmmss', time_zone: 'America/New_York' },
      currency: { pointer: '/mc_currency' },
    },
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Signature',
      encoding: 'base64',
      timestamp: { header: 'X-Timestamp', format: 'epoch-seconds', tolerance_seconds: 300 },
      signed: '{timestamp}.{body}',
    },
  },
  contentType: 'application/x-www-form-urlencoded; charset=utf-8',
  body: 'txn_id=61E67681CH&custom=LN%2F300&payer+id=P+1&mc_gross=19.95&mc_currency=USD&date=20260301003000&note=100%25',
  payments: [['61E67681CH', 1995n, 'USD', '2026-03-01T05:30:00.000Z', 'orders']],
};

/** An aggregator that sends what it collected in one go. */
export const manyInOne: ChannelFixture = {
  name: 'a body with a list',
  definition: {
    payments: '/batch/items',
    fields: {
      reference_number: { pointer: '/ref' },
      loan_account_number: { pointer: '/loan' },
      cif: { pointer: '/cif' },
      amount: { pointer: '/value', unit: 'minor' },
      payment_date: { pointer: '/at', format: 'epoch-seconds' },
      currency: { constant: 'KWD' },
    },
    signature: { scheme: 'hmac-sha256', header: 'X-Hub-Signature', encoding: 'hex', signed: '{body}' },
  },
  contentType: 'application/json; charset=utf-8',
  body: '{"batch":{"id":7,"items":[{"ref":"A-1","loan":"L1","cif":"C1","value":"12345","at":1772271000},{"ref":"A-2","loan":"L2","cif":"C2","value":5,"at":1772271000.5}]}}',
  payments: [
    ['A-1', 12345n, 'KWD', '2026-02-28T09:30:00.000Z', 'orders'],
    ['A-2', 5n, 'KWD', '2026-02-28T09:30:00.500Z', 'orders'],
  ],
};

export const channelFixtures = [flatJson, nestedJson, formEncoded, manyInOne] as const;

/** The body of the generic endpoint, as the source design has it. */
export const genericBody = {
  reference_number: 'REF-1',
  loan_account_number: 'LN-1',
  cif: 'CIF-1',
  amount: 100.5,
  payment_date: '2026-02-28T09:30:00Z',
  payment_channel: 'branch',
  metadata: { teller: 7 },
  currency: 'EUR',
};
