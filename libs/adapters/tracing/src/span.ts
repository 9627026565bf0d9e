import { isTraceparent, newTraceparent } from '@ferry/kernel';
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
} from '@opentelemetry/api';

export interface SpanOptions {
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** `traceparent` of what caused this; a new trace begins without one. */
  readonly parent?: string | undefined;
  readonly attributes?: Attributes;
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

let enabled = false;
/** For `startTracing` alone. */
export const setEnabled = (on: boolean): void => {
  enabled = on;
};

export const isTracing = (): boolean => enabled;

/**
 * Runs `work` in a span and hands it the `traceparent` to send on. When tracing is off nothing is recorded, and the
 * parent is passed through unchanged (W3C: what takes no part does not name itself) or begun, so that ids in logs and messages hang together.
 */
export async function span<T>(
  name: string,
  options: SpanOptions,
  work: (traceparent: string) => Promise<T>,
): Promise<T> {
  const parent = isTraceparent(options.parent) ? options.parent : undefined;
  if (!enabled) return work(parent ?? newTraceparent());
  const made = trace
    .getTracer('ferry')
    .startSpan(
      name,
      { kind: kinds[options.kind], ...(options.attributes ? { attributes: options.attributes } : {}) },
      parent ? contextOf(parent) : context.active(),
    );
  const { traceId, spanId, traceFlags } = made.spanContext();
  try {
    return await work(`00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`);
  } catch (error) {
    const exception = error instanceof Error ? error : String(error);
    made.recordException(exception);
    made.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    made.end();
  }
}

const contextOf = (traceparent: string): Context =>
  trace.setSpanContext(context.active(), {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceFlags: Number.parseInt(traceparent.slice(53, 55), 16) & TraceFlags.SAMPLED,
    isRemote: true,
  });
