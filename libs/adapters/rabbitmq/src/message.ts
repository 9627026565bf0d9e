import { isTraceparent, isUuid, newId, type Origin } from '@ferry/kernel';
import type { DeadLetter, PaymentMessage } from '@ferry/payments';
import type { Message, Options } from 'amqplib';

/** Raised only by changes that an older reader would misread; added fields are no such change. */
const SCHEMA_VERSION = 1;
const TYPE = 'payment.due';
/** The column is VARCHAR(20). */
const TENANT_ID_LENGTH_MAX = 20;
/** A reason is one line of a list; the row has the whole story. */
const REASON_LENGTH_MAX = 500;

// Without the `x-` that brokers keep for themselves.
const ATTEMPT = 'attempt';
const REASON = 'reason';
const VERSION = 'schema-version';

/** What is published: the body and its AMQP properties. */
export interface Envelope {
  readonly content: Buffer;
  readonly properties: Options.Publish & { readonly messageId: string; readonly headers: Record<string, unknown> };
}

export type Decoded = { readonly message: PaymentMessage } | { readonly unreadable: string };

/** A new message id at each publication: the broker's answers are told apart by it. */
export function encode(message: PaymentMessage, now: Date): Envelope {
  const { tenantId, paymentId, origin, attempt } = message;
  return {
    content: Buffer.from(JSON.stringify({ tenant_id: tenantId, payment_id: paymentId })),
    properties: {
      messageId: newId(),
      type: TYPE,
      contentType: 'application/json',
      timestamp: seconds(now),
      ...(origin && { correlationId: origin.correlationId }),
      headers: { [VERSION]: SCHEMA_VERSION, [ATTEMPT]: attempt, ...(origin && { traceparent: origin.traceparent }) },
    },
  };
}

export function decode({ content, properties }: Message): Decoded {
  const version: unknown = properties.headers?.[VERSION] ?? SCHEMA_VERSION;
  if (version !== SCHEMA_VERSION) return { unreadable: `schema version ${String(version)} is unknown` };
  const body = parse(content);
  if (body === undefined) return { unreadable: 'not a JSON object' };
  const { tenant_id: tenantId, payment_id: paymentId } = body;
  if (typeof tenantId !== 'string' || tenantId === '' || tenantId.length > TENANT_ID_LENGTH_MAX)
    return { unreadable: 'no valid tenant_id' };
  if (typeof paymentId !== 'string' || !isUuid(paymentId)) return { unreadable: 'no valid payment_id' };
  const origin = originOf(properties);
  return { message: { tenantId, paymentId, attempt: attemptOf(properties), ...(origin && { origin }) } };
}

/** The same message for the dead letters: body untouched, since it may be what could not be read. */
export const asDead = (message: Message, reason: string, now: Date): Envelope =>
  again(message, now, { [REASON]: reason.slice(0, REASON_LENGTH_MAX) });

/** The same body for the queue, as if new: what could not be read may be readable to a newer worker. */
export const asReplay = (message: Message, now: Date): Envelope => again(message, now, { [ATTEMPT]: 0 });

export function deadLetterOf(message: Message): DeadLetter {
  const decoded = decode(message);
  const readable = 'message' in decoded ? { message: decoded.message } : {};
  const reason: unknown = message.properties.headers?.[REASON];
  if (typeof reason === 'string') return { ...readable, reason, deadAt: dateOf(message.properties.timestamp) };
  // The broker itself moved it here, and says so in its own header.
  const death = message.properties.headers?.['x-death']?.[0];
  return { ...readable, reason: `broker: ${death?.reason ?? 'unknown'}`, deadAt: dateOf(death?.time) };
}

function again({ content, properties }: Message, now: Date, changed: Record<string, unknown>): Envelope {
  const { [VERSION]: version, [ATTEMPT]: attempt, traceparent } = properties.headers ?? {};
  const headers = { [VERSION]: version, [ATTEMPT]: attempt, traceparent, ...changed };
  const { type, contentType, correlationId } = properties;
  return {
    content,
    properties: { messageId: newId(), type, contentType, correlationId, timestamp: seconds(now), headers },
  };
}

function parse(content: Buffer): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(content.toString('utf8'));
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function originOf({ correlationId, headers }: Message['properties']): Origin | undefined {
  const traceparent: unknown = headers?.['traceparent'];
  if (typeof correlationId !== 'string' || typeof traceparent !== 'string' || !isTraceparent(traceparent))
    return undefined;
  return { correlationId, traceparent };
}

/** A message from elsewhere may have no such header. */
function attemptOf({ headers }: Message['properties']): number {
  const attempt: unknown = headers?.[ATTEMPT];
  return typeof attempt === 'number' && Number.isSafeInteger(attempt) && attempt >= 0 ? attempt : 0;
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000);

/** AMQP times are seconds; amqplib gives a header's as `{ '!': 'timestamp', value }`. */
function dateOf(time: unknown): Date | undefined {
  const value = typeof time === 'object' && time !== null ? (time as { value?: unknown }).value : time;
  return typeof value === 'number' ? new Date(value * 1_000) : undefined;
}
