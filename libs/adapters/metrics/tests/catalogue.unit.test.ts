import { describe, expect, test } from '@jest/globals';
import { metricsCatalogue } from '../src/index.js';
import { meterCalls, type MeterCall } from './names-in-code.js';

const types = { count: 'counter', observe: 'histogram', gauge: 'gauge' } as const;

/** A name put together at run time stands for every metric that fits it. */
const pattern = (name: string): RegExp => new RegExp(`^${name.replace(/\$\{[^}]*\}/g, '[a-z_]+')}$`);

const described = ({ name, kind, labels }: MeterCall): boolean =>
  metricsCatalogue.some(
    (metric) =>
      pattern(name).test(metric.name) &&
      metric.type === types[kind] &&
      labels.every((label) => metric.labels.includes(label)),
  );

describe('metrics catalogue', () => {
  const calls = meterCalls();

  test('the sources are searched: the calls that are known to exist are found', () => {
    expect(calls).toContainEqual({
      file: 'libs/adapters/kafka/src/kafka-event-publisher.ts',
      kind: 'count',
      name: 'events_published_total',
      labels: ['topic'],
    });
    expect(calls.length).toBeGreaterThan(10);
  });

  test('every name, type and label in the code is in the catalogue', () => {
    expect(calls.filter((call) => !described(call))).toEqual([]);
  });

  test('no label grows with the number of tenants, payments or requests', () => {
    const words = 'method route status outcome rail name state purpose topic reason source layer result channel';
    const bounded = words.split(' ');
    expect(metricsCatalogue.flatMap(({ labels }) => labels.filter((label) => !bounded.includes(label)))).toEqual([]);
  });

  test('names are unique, in snake case, and say their unit', () => {
    const names = metricsCatalogue.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, type } of metricsCatalogue) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      if (type === 'counter') expect(name).toMatch(/_total$/);
      else expect(name).not.toMatch(/_total$/);
    }
  });

  test.each(metricsCatalogue.filter(({ type }) => type === 'histogram'))('$name has rising buckets', ({ buckets }) => {
    expect(buckets!.length).toBeGreaterThan(3);
    expect([...buckets!].sort((a, b) => a - b)).toEqual(buckets);
  });

  // The seeds and docs/metrics.md promise these.
  test.each([
    'http_request_seconds',
    'payments_created_total',
    'payments_ended_total',
    'payment_duration_seconds',
    'batch_size',
    'queue_depth',
    'outbox_waiting',
    'outbox_lag_seconds',
    'sweeper_announced_total',
    'db_pool_connections',
    'db_transaction_seconds',
    'rail_call_seconds',
  ])('%s is described', (name) => expect(metricsCatalogue.map((metric) => metric.name)).toContain(name));
});
