import { randomBytes } from './random-bytes.js';

/** Where a piece of work comes from: carried over HTTP, RabbitMQ, the outbox and Kafka. */
export interface Origin {
  /** The client's `X-Correlation-Id`, or the request id made for it. */
  readonly correlationId: string;
  /** W3C Trace Context `traceparent`. */
  readonly traceparent: string;
}

const shape = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** True for a `traceparent` that W3C Trace Context lets us continue. Invalid ones start a new trace, never an error. */
export const isTraceparent = (text: string | undefined): text is string => {
  const match = text === undefined ? null : shape.exec(text);
  return match !== null && (match[1] !== '00' || match[5] === undefined);
};

export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);

export const newTraceparent = (): string =>
  `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;

/** A new parent id in the same trace: what an outgoing hop sends on. */
export const childTraceparent = (traceparent: string): string =>
  `00-${traceIdOf(traceparent)}-${randomBytes(8).toString('hex')}-${traceparent.slice(53, 55)}`;
