import type { Meter } from '@ferry/kernel';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricsCatalogue } from './catalogue.js';

type Labels = Readonly<Record<string, string>>;

/**
 * kernel's Meter on prom-client. Event-loop delay (from `monitorEventLoopDelay`), memory and CPU come from prom-client's
 * default metrics. Never throws: what is not in the catalogue is dropped and counted in `metric_faults_total`, because metrics must not
 * stop payments. A test proves that all names and labels in the code are in the catalogue.
 */
export class PrometheusMeter implements Meter {
  readonly registry = new Registry();
  private readonly counters = new Map<string, Counter>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly histograms = new Map<string, Histogram>();

  constructor({ service, version }: { readonly service: string; readonly version: string }) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    for (const { name, type, help, labels, buckets } of metricsCatalogue) {
      const options = { name: `ferry_${name}`, help, labelNames: [...labels], registers };
      if (type === 'counter') this.counters.set(name, new Counter(options));
      else if (type === 'gauge') this.gauges.set(name, new Gauge(options));
      else this.histograms.set(name, new Histogram({ ...options, buckets: [...(buckets ?? [])] }));
    }
    const info = {
      name: 'ferry_build_info',
      help: 'Version of this process',
      labelNames: ['service', 'version'],
      registers,
    };
    new Gauge(info).set({ service, version }, 1);
  }

  count(name: string, labels: Labels = {}, by = 1): void {
    this.safely(() => known(this.counters, name).inc(labels, by));
  }

  observe(name: string, value: number, labels: Labels = {}): void {
    this.safely(() => known(this.histograms, name).observe(labels, value));
  }

  gauge(name: string, value: number, labels: Labels = {}): void {
    this.safely(() => known(this.gauges, name).set(labels, value));
  }

  /** prom-client throws on labels it does not know, on negative increments and on values that are no numbers. */
  private safely(record: () => void): void {
    try {
      record();
    } catch {
      this.counters.get('metric_faults_total')?.inc();
    }
  }
}

function known<M>(metrics: ReadonlyMap<string, M>, name: string): M {
  const metric = metrics.get(name);
  if (!metric) throw new Error(`no metric ${name} of this type in the catalogue`);
  return metric;
}
