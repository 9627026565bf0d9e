import { afterEach, describe, expect, test } from '@jest/globals';
import { PrometheusMeter, startMetricsServer, type MetricsServer } from '../src/index.js';

const aMeter = () => new PrometheusMeter({ service: 'ferry-test', version: '1.2.3' });

describe('PrometheusMeter', () => {
  test('counts, observes and gauges under the prefix ferry_', async () => {
    const meter = aMeter();
    meter.count('events_published_total', { topic: 'payment.events' }, 3);
    meter.count('events_published_total', { topic: 'payment.events' });
    meter.count('queue_confirmed_total', undefined, 2);
    meter.observe('batch_size', 60, { name: 'relay' });
    meter.gauge('outbox_waiting', 7);
    meter.gauge('outbox_waiting', 5);
    const text = await meter.registry.metrics();
    expect(text).toContain('ferry_events_published_total{topic="payment.events"} 4');
    expect(text).toContain('ferry_queue_confirmed_total 2');
    expect(text).toContain('ferry_batch_size_bucket{le="50",name="relay"} 0');
    expect(text).toContain('ferry_batch_size_bucket{le="100",name="relay"} 1');
    expect(text).toContain('ferry_outbox_waiting 5');
    expect(text).toContain('ferry_build_info{service="ferry-test",version="1.2.3"} 1');
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds/);
  });

  test('two meters of one process do not share anything', async () => {
    const [one, other] = [aMeter(), aMeter()];
    one.count('queue_published_total');
    expect(await other.registry.metrics()).toContain('ferry_queue_published_total 0');
  });

  test('what the catalogue does not know is dropped and counted, never thrown', async () => {
    const meter = aMeter();
    meter.count('no_such_total');
    meter.gauge('queue_published_total', 1);
    meter.count('events_published_total', { tenant: 'acme' });
    meter.count('queue_published_total', {}, -1);
    meter.observe('batch_size', 'many' as unknown as number, { name: 'relay' });
    meter.gauge('queue_depth', undefined as unknown as number);
    const text = await meter.registry.metrics();
    expect(text).toContain('ferry_metric_faults_total 6');
    expect(text).not.toContain('no_such_total');
    expect(text).not.toContain('acme');
  });
});

describe('startMetricsServer', () => {
  let server: MetricsServer;
  afterEach(() => server.close());
  const get = async (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

  test('answers /metrics in the Prometheus text format and nothing else', async () => {
    const { registry } = aMeter();
    server = await startMetricsServer({ host: '127.0.0.1', port: 0, registry });
    const answer = await get('/metrics?x=1');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toContain('ferry_build_info');
    for (const path of ['/', '/metrics/', '/health', '/health/live']) expect((await get(path)).status).toBe(404);
  });

  test.each([
    { ready: true, status: 200, word: 'ok' },
    { ready: false, status: 503, word: 'error' },
  ])('with health it tells readiness and report: $ready is $status', async ({ ready, status, word }) => {
    const checks = { kafka: 'error' };
    const report = { status: ready ? 'healthy' : 'unhealthy', checks: { database: 'ok' } } as const;
    server = await startMetricsServer({
      host: '127.0.0.1',
      port: 0,
      registry: aMeter().registry,
      health: { ready: async () => ({ ready, checks }), report: async () => report },
    });
    const answer = await get('/health/ready');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ status: word, checks });
    const health = await get('/health');
    expect([health.status, await health.json()]).toEqual([status, report]);
    expect((await get('/health/live')).status).toBe(200);
  });

  test('a fault while answering is a 500, the server goes on', async () => {
    const { registry } = aMeter();
    let faults = 1;
    const report = async () => {
      if (faults-- > 0) throw new Error('no');
      return { status: 'healthy' } as const;
    };
    const health = { ready: async () => ({ ready: true, checks: {} }), report };
    server = await startMetricsServer({ host: '127.0.0.1', port: 0, registry, health });
    expect((await get('/health')).status).toBe(500);
    expect((await get('/health')).status).toBe(200);
  });

  test('a taken port rejects', async () => {
    const { registry } = aMeter();
    server = await startMetricsServer({ host: '127.0.0.1', port: 0, registry });
    await expect(startMetricsServer({ host: '127.0.0.1', port: server.port, registry })).rejects.toThrow('EADDRINUSE');
  });
});
