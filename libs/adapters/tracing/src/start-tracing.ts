import { trace } from '@opentelemetry/api';
import { setEnabled } from './span.js';

export interface TracingOptions {
  /** Base of an OTLP/HTTP collector, e.g. `http://localhost:4318`. */
  readonly endpoint: string;
  readonly service: string;
  readonly version: string;
}

/** An export that takes longer is dropped: spans are not worth holding up a shutdown. */
const exportTimeoutMs = 5_000;

/** Sends spans to a collector. The SDK is loaded only here: without an endpoint it costs neither memory nor start-up time. */
export async function startTracing({
  endpoint,
  service,
  version,
}: TracingOptions): Promise<{ shutdown(): Promise<void> }> {
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ],
  );
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
  setEnabled(true);
  return {
    shutdown: async () => {
      setEnabled(false);
      trace.disable();
      // The last spans are sent now; a collector that is away costs them and nothing else.
      await provider.shutdown().catch(() => undefined);
    },
  };
}
