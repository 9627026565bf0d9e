import { createHmac } from 'node:crypto';
import type { Fact } from './facts.js';

/** An outside system: how it writes, and how it signs. By hand, so that Ferry's own idea of a signature is not what proves it. */
export interface OutsideSystem {
  readonly secret: string;
  readonly contentType: string;
  readonly definition: object;
  body(facts: readonly Fact[]): string;
  headers(body: string, now: Date): Readonly<Record<string, string>>;
}

export const CURRENCY = 'EUR';
const MAJOR = 100;

const digest = (key: Buffer | string, text: string, encoding: 'hex' | 'base64'): string =>
  createHmac('sha256', key).update(text).digest(encoding);
const only = ([fact]: readonly Fact[]): Fact => fact as Fact;
const major = ({ amountMinor }: Fact): string => (amountMinor / MAJOR).toFixed(2);
const seconds = (at: Date): string => String(Math.floor(at.getTime() / 1_000));

const BANK = 'a secret of the bank, long enough';
/** Flat JSON, signed as it is. */
const bank: OutsideSystem = {
  secret: BANK,
  contentType: 'application/json',
  definition: {
    fields: {
      reference_number: { pointer: '/transactionRef' },
      loan_account_number: { pointer: '/accountNo' },
      cif: { pointer: '/customerNo' },
      amount: { pointer: '/amount' },
      payment_date: { pointer: '/postedAt', format: 'yyyy-MM-dd HH:mm:ss', time_zone: 'UTC' },
    },
    currency: CURRENCY,
    signature: { scheme: 'hmac-sha256', header: 'X-Bank-Signature', encoding: 'hex', prefix: 'sha256=' },
  },
  body: (facts) => {
    const fact = only(facts);
    const postedAt = fact.paidAt.toISOString().slice(0, 19).replace('T', ' ');
    const [transactionRef, accountNo, customerNo] = [fact.reference, fact.loanAccountNumber, fact.cif];
    return JSON.stringify({ transactionRef, accountNo, customerNo, amount: Number(major(fact)), postedAt });
  },
  headers: (body) => ({ 'X-Bank-Signature': `sha256=${digest(BANK, body, 'hex')}` }),
};

const MOMO_KEY = Buffer.from('a key of mobile money, long enough');
/** Envelopes in envelopes, minor units, milliseconds since 1970; Standard Webhooks. */
const momo: OutsideSystem = {
  secret: `whsec_${MOMO_KEY.toString('base64')}`,
  contentType: 'application/json',
  definition: {
    fields: {
      reference_number: { pointer: '/data/object/id' },
      loan_account_number: { pointer: '/data/object/order/loan' },
      cif: { pointer: '/data/object/order/cif' },
      amount: { pointer: '/data/object/amount', unit: 'minor' },
      payment_date: { pointer: '/data/object/created', format: 'epoch-milliseconds' },
      metadata: { pointer: '/data/object/order' },
    },
    currency: CURRENCY,
    signature: { scheme: 'standard-webhooks', tolerance_seconds: 300 },
  },
  body: (facts) => {
    const { reference: id, amountMinor: amount, paidAt, loanAccountNumber: loan, cif } = only(facts);
    return JSON.stringify({ data: { object: { id, amount, created: paidAt.getTime(), order: { loan, cif } } } });
  },
  headers: (body, now) => {
    const [id, time] = ['msg_1', seconds(now)];
    const signature = `v1,${digest(MOMO_KEY, `${id}.${time}.${body}`, 'base64')}`;
    return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature };
  },
};

const PAGE = 'a secret of the payment page, long enough';
/** A form, signed with the time of sending. */
const page: OutsideSystem = {
  secret: PAGE,
  contentType: 'application/x-www-form-urlencoded',
  definition: {
    format: 'form',
    fields: {
      reference_number: { pointer: '/txn_id' },
      loan_account_number: { pointer: '/custom' },
      cif: { pointer: '/payer' },
      amount: { pointer: '/mc_gross' },
      payment_date: { pointer: '/date', format: 'epoch-seconds' },
    },
    currency: CURRENCY,
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Signature',
      encoding: 'base64',
      timestamp: { header: 'X-Timestamp', format: 'epoch-seconds', tolerance_seconds: 300 },
      signed: '{timestamp}.{body}',
    },
  },
  body: (facts) => {
    const fact = only(facts);
    const [txn_id, custom, payer] = [fact.reference, fact.loanAccountNumber, fact.cif];
    return new URLSearchParams({ txn_id, custom, payer, mc_gross: major(fact), date: seconds(fact.paidAt) }).toString();
  },
  headers: (body, now) => ({
    'X-Timestamp': seconds(now),
    'X-Signature': digest(PAGE, `${seconds(now)}.${body}`, 'base64'),
  }),
};

const BATCH = 'a secret of the aggregator, long enough';
/** What was collected, in one go. */
const batch: OutsideSystem = {
  secret: BATCH,
  contentType: 'application/json',
  definition: {
    payments: '/items',
    fields: {
      reference_number: { pointer: '/ref' },
      loan_account_number: { pointer: '/loan' },
      cif: { pointer: '/cif' },
      amount: { pointer: '/value', unit: 'minor' },
      payment_date: { pointer: '/at', format: 'rfc3339' },
    },
    currency: CURRENCY,
    signature: { scheme: 'hmac-sha256', header: 'X-Hub-Signature', encoding: 'hex' },
  },
  body: (facts) =>
    JSON.stringify({
      items: facts.map(({ reference: ref, loanAccountNumber: loan, cif, amountMinor: value, paidAt: at }) => ({
        ref,
        loan,
        cif,
        value,
        at,
      })),
    }),
  headers: (body) => ({ 'X-Hub-Signature': digest(BATCH, body, 'hex') }),
};

export const outsideSystems: Readonly<Record<Fact['channel'], OutsideSystem>> = { bank, momo, page, batch };
