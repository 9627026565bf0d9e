import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { Client } from '../harness/client.js';
import { startServer } from '../harness/ferry.js';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** One trace from the request over the queue to the worker, seen by a collector. */
describe('traces', () => {
  const spans: Span[] = [];
  let collector: Server;
  let directory: string;
  let ferry: Awaited<ReturnType<typeof startServer>>;

  beforeAll(async () => {
    collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString());
        for (const resource of body.resourceSpans) for (const scope of resource.scopeSpans) spans.push(...scope.spans);
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((listening) => collector.listen(0, '127.0.0.1', listening));
    const { port } = collector.address() as AddressInfo;
    directory = mkdtempSync(join(tmpdir(), 'ferry-trace-'));
    ferry = await startServer('cli', {
      FERRY_DATA_DIR: directory,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    });
  });
  afterAll(async () => {
    await ferry?.stop();
    collector.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('a request, its message and its processing are one trace that continues the caller’s', async () => {
    const client = new Client(ferry.url);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const { body } = await client.pay('SIM-SUCCESS-trace', {}, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await client.get(`/api/v1/payments/${body.id}?wait=30`);
    client.close();
    const of = (name: string): Span | undefined => spans.find((span) => span.traceId === traceId && span.name === name);
    const names = ['POST /api/v1/payments', 'payment_processing send', 'payment_processing process'];
    await eventually('all three are told', () => names.every(of));
    const [request, send, process_] = names.map(of);
    expect(request?.parentSpanId).toBe('b7ad6b7169203331');
    expect(send?.parentSpanId).toBe(request?.spanId);
    expect(process_?.parentSpanId).toBe(send?.spanId);
    const logged = (): unknown[] =>
      ferry.lines.filter(({ trace_id }) => trace_id === traceId).map(({ message }) => message);
    await eventually('both log it', () => ['request', 'payment ended'].every((message) => logged().includes(message)));
  });
});
