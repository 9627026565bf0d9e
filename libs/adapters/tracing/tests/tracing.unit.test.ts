import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isTraceparent, newTraceparent, traceIdOf } from '@ferry/kernel';
import { isTracing, span, startTracing } from '../src/index.js';
import { startCollector, type ReceivedSpan } from './otlp-collector.js';

const spanIdOf = (traceparent: string): string => traceparent.slice(36, 52);

describe('off', () => {
  test('the parent is passed through, a missing or broken one is replaced, answers and errors go through', async () => {
    const parent = newTraceparent();
    expect(await span('a', { kind: 'client', parent }, async (traceparent) => traceparent)).toBe(parent);
    for (const broken of [undefined, '', 'x', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`]) {
      const made = await span('a', { kind: 'client', parent: broken }, async (traceparent) => traceparent);
      expect(isTraceparent(made)).toBe(true);
    }
    await expect(span('a', { kind: 'client' }, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(isTracing()).toBe(false);
  });
});

describe('on', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let tracing: Awaited<ReturnType<typeof startTracing>>;
  beforeEach(async () => {
    collector = await startCollector();
    tracing = await startTracing({ endpoint: `${collector.endpoint}/`, service: 'ferry-test', version: '1.2.3' });
  });
  afterEach(async () => {
    await tracing.shutdown();
    collector.close();
  });

  async function received(): Promise<Map<string, ReceivedSpan>> {
    await tracing.shutdown();
    return new Map(collector.spans.map((each) => [each.name, each]));
  }

  test('a span in a span: one trace, the inner one names the outer as its parent, the outer the caller', async () => {
    const caller = newTraceparent();
    const handed: string[] = [];
    await span('outer', { kind: 'server', parent: caller, attributes: { 'http.route': '/x' } }, async (outer) => {
      handed.push(outer);
      await span('inner', { kind: 'producer', parent: outer }, async (inner) => void handed.push(inner));
    });
    const spans = await received();
    const [outer, inner] = [spans.get('outer')!, spans.get('inner')!];
    expect(outer).toMatchObject({
      traceId: traceIdOf(caller),
      parentSpanId: spanIdOf(caller),
      spanId: spanIdOf(handed[0]!),
      kind: 2,
    });
    expect(inner).toMatchObject({
      traceId: traceIdOf(caller),
      parentSpanId: outer.spanId,
      spanId: spanIdOf(handed[1]!),
      kind: 4,
    });
    expect(outer.attributes).toContainEqual({ key: 'http.route', value: { stringValue: '/x' } });
    expect(outer.resource).toMatchObject({ 'service.name': 'ferry-test', 'service.version': '1.2.3' });
  });

  test('without a parent a new trace begins; parallel spans do not mix', async () => {
    await Promise.all(
      ['a', 'b'].map((name) =>
        span(name, { kind: 'internal' }, async (traceparent) => {
          await new Promise((resolve) => setTimeout(resolve, 2));
          await span(`${name}2`, { kind: 'client', parent: traceparent }, async () => undefined);
        }),
      ),
    );
    const spans = await received();
    expect(spans.get('a')!.traceId).not.toBe(spans.get('b')!.traceId);
    for (const name of ['a', 'b']) {
      expect(spans.get(name)!.parentSpanId ?? '').toBe('');
      expect(spans.get(`${name}2`)!.parentSpanId).toBe(spans.get(name)!.spanId);
    }
  });

  test.each([
    { thrown: new Error('refused'), message: 'refused' },
    { thrown: undefined, message: 'undefined' },
    { thrown: 'text', message: 'text' },
  ])('a failure ($message) is recorded and goes on to the caller unchanged', async ({ thrown, message }) => {
    const outcome = span('failing', { kind: 'client' }, () => Promise.reject(thrown));
    expect(
      await outcome.then(
        () => 'no',
        (error: unknown) => ({ error }),
      ),
    ).toEqual({ error: thrown });
    const failing = (await received()).get('failing')!;
    expect(failing.status).toEqual({ code: 2, message });
    expect(failing.events!.map(({ name }) => name)).toEqual(['exception']);
  });

  test('a caller that does not sample is obeyed', async () => {
    const unsampled = newTraceparent().replace(/01$/, '00');
    const handed = await span('quiet', { kind: 'server', parent: unsampled }, async (traceparent) => traceparent);
    expect(handed).toMatch(/-00$/);
    expect(traceIdOf(handed)).toBe(traceIdOf(unsampled));
    expect((await received()).has('quiet')).toBe(false);
  });

  test('after shutdown nothing is recorded, and tracing may be started again', async () => {
    await tracing.shutdown();
    expect(isTracing()).toBe(false);
    await span('late', { kind: 'internal' }, async () => undefined);
    tracing = await startTracing({ endpoint: collector.endpoint, service: 'ferry-test', version: '2' });
    await span('again', { kind: 'internal' }, async () => undefined);
    const spans = await received();
    expect([...spans.keys()]).toEqual(['again']);
  });
});

test('a collector that is away fails nobody: spans are lost, shutdown ends', async () => {
  const tracing = await startTracing({ endpoint: 'http://127.0.0.1:1', service: 'ferry-test', version: '1' });
  await expect(span('lost', { kind: 'internal' }, async () => 'fine')).resolves.toBe('fine');
  await tracing.shutdown();
});
