import { readFact, type FactFault } from '../read-fact.js';
import type { PaymentFact } from '../recorded-payment.js';
import type { Channel, ChannelFields } from './channel.js';
import { genericFields, strangersIn } from './generic-shape.js';
import { pointerText } from './json-pointer.js';
import { mapPayment } from './map-payment.js';
import { readPayments, type Unreadable } from './read-body.js';

/** A broken rule, and where in the body the value came from, if it came from there. */
export interface WebhookFault extends FactFault {
  readonly pointer?: string | undefined;
}

/** One payment of a body. */
export type ReadPayment =
  | { readonly fact: PaymentFact }
  | { readonly referenceNumber?: string | undefined; readonly faults: readonly WebhookFault[] };

export interface ReadWebhook {
  readonly isList: boolean;
  readonly payments: readonly ReadPayment[];
}

/** What holds beside the definition of the channel. */
export interface ReadingContext {
  /** Of the channel: what a payment is told to have come by, if the body does not say. Absent for the generic one. */
  readonly paymentChannel?: string | undefined;
  /** Of payments for which neither body nor channel names one. */
  readonly currency?: string | undefined;
  readonly now: Date;
}

/** What a body says by this channel: the one way of reading for what is recorded, tried out, or replayed. */
export function readWebhook(
  channel: Channel,
  bytes: Uint8Array,
  contentType: string,
  context: ReadingContext,
): ReadWebhook | Unreadable {
  const read = readPayments(channel, bytes, contentType);
  if ('reason' in read) return read;
  const payments = read.payments.map((payment, i) => {
    const place = read.isList ? [...(channel.payments ?? []), String(i)] : [];
    return readOne(channel, payment, pointerText(place), context);
  });
  return { isList: read.isList, payments };
}

function readOne(channel: Channel, payment: unknown, place: string, context: ReadingContext): ReadPayment {
  const fields = channel.fields ?? genericFields;
  const raw = mapPayment(payment, {
    fields,
    numbersAreNames: channel.fields !== undefined,
    currency: channel.currency ?? context.currency,
    paymentChannel: context.paymentChannel,
  });
  const strangers = channel.fields ? [] : strangersIn(payment);
  const result = readFact(raw, context.now);
  if ('fact' in result && strangers.length === 0) return result;
  const faults = [...strangers, ...('faults' in result ? result.faults : [])];
  const { referenceNumber } = raw;
  return {
    referenceNumber: typeof referenceNumber === 'string' ? referenceNumber : undefined,
    faults: faults.map((fault) => ({ ...fault, pointer: pointerOf(fault.field, fields, channel, place) })),
  };
}

const memberOf = {
  reference_number: 'referenceNumber',
  loan_account_number: 'loanAccountNumber',
  cif: 'cif',
  amount: 'amount',
  payment_date: 'paymentDate',
  currency: 'currency',
  payment_channel: 'paymentChannel',
  metadata: 'metadata',
} as const satisfies Readonly<Record<string, keyof ChannelFields>>;

function pointerOf(field: string, fields: ChannelFields, channel: Channel, place: string): string | undefined {
  if (!Object.hasOwn(memberOf, field))
    return channel.fields ? undefined : `${place}${pointerText(field === 'body' ? [] : [field])}`;
  const source = fields[memberOf[field as keyof typeof memberOf]];
  return source && 'pointer' in source ? `${place}${pointerText(source.pointer)}` : undefined;
}
