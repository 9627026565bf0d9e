import type { Logger } from '@ferry/kernel';
import {
  Loop,
  recordingJobs,
  startJobs,
  startRecordingGauges,
  startTenancyJobs,
  T,
  type Lifecycle,
} from '@ferry/wiring';
import type { Container } from 'inversify';

/** Partitions and expired keys; both are years or days ahead of need. */
const MAINTENANCE_INTERVAL_MS = 10 * 60_000;
const GAUGES_INTERVAL_MS = 5_000;
/**
 * Between the starts of two passes of the relay, each of which takes five transactions, unless more waits than one pass tells: at 3,000
 * payments/s a pass then tells of 320 events instead of 15.
 */
const RELAY_SPACING_MS = 100;
/** Between the starts of two sweeps while the queue is full, each of which asks for little: 5,000 payments/s are 125 in this time. */
const SWEEP_SPACING_MS = 25;
/** Rows counted at most for a gauge; at this number it says "at least". */
const COUNT_MAX = 100_000;

/**
 * Starts what a worker does: consume the payment queue, sweep, relay events, maintain. Everything it starts is stopped through the container's
 * lifecycle, the consumer first.
 */
export async function startWorker(container: Container): Promise<void> {
  const logger = container.get(T.Logger);
  const lifecycle = container.get(T.Lifecycle);
  startGauges(container, lifecycle, logger);
  startRecordingGauges(container);
  startMaintenance(container, lifecycle, logger);
  startTenancyJobs(container);
  startJobs(container, recordingJobs(container));
  const relay = startRelay(container, lifecycle, logger);
  const sweeper = startSweeper(container, lifecycle, logger);
  await startConsumer(container, lifecycle, () => {
    relay.poke();
    sweeper.roomMade();
  });
}

async function startConsumer(container: Container, lifecycle: Lifecycle, settled: () => void): Promise<void> {
  const settings = container.get(T.WorkerSettings);
  const meter = container.get(T.Meter);
  const processPayments = container.get(T.ProcessPayments);
  const consumer = await container.get(T.PaymentQueue).consume(
    async (messages) => {
      meter.observe('batch_size', messages.length, { name: 'process' });
      const outcomes = await processPayments.handle(messages);
      settled();
      for (const outcome of outcomes) if (!('outcome' in outcome)) outcome.then(settled, () => {});
      return outcomes;
    },
    { prefetch: settings.WORKER_PREFETCH },
  );
  lifecycle.onClose('payment consumer', (timeoutMs) => consumer.stop(timeoutMs));
}

/** `roomMade`: what was full may have room again. */
function startSweeper(container: Container, lifecycle: Lifecycle, logger: Logger): { roomMade(): void } {
  const sweep = container.get(T.SweepPayments);
  const meter = container.get(T.Meter);
  const { SWEEP_INTERVAL_MS: intervalMs } = container.get(T.WorkerSettings);
  let full = false;
  const round = async (): Promise<{ more: boolean }> => {
    const result = await sweep.run();
    if (result.announced > 0) meter.count('sweeper_announced_total', {}, result.announced);
    full = result.full;
    return result;
  };
  const loop = new Loop(round, { name: 'sweeper', intervalMs, spacingMs: SWEEP_SPACING_MS, logger });
  lifecycle.onClose('sweeper', () => loop.stop());
  return {
    roomMade: () => {
      if (full) loop.poke();
    },
  };
}

function startRelay(container: Container, lifecycle: Lifecycle, logger: Logger): Loop {
  const relay = container.get(T.RelayEvents);
  const { RELAY_INTERVAL_MS: intervalMs } = container.get(T.WorkerSettings);
  const loop = new Loop(() => relay.run(), { name: 'relay', intervalMs, spacingMs: RELAY_SPACING_MS, logger });
  lifecycle.onClose('relay', () => loop.stop());
  return loop;
}

function startMaintenance(container: Container, lifecycle: Lifecycle, logger: Logger): void {
  const maintenance = container.get(T.Maintenance);
  const clock = container.get(T.Clock);
  const { AUDIT_RETENTION_DAYS: auditDays, PARTITION_MONTHS_AHEAD: monthsAhead } = container.get(T.WorkerSettings);
  const round = async (): Promise<{ more: boolean }> => {
    const made = await maintenance.makePartitions(clock.now(), monthsAhead);
    if (made > 0) logger.info('partitions made', { made });
    const dropped = await maintenance.dropAudit(clock.now(), auditDays);
    if (dropped > 0) logger.info('months of the audit log dropped', { dropped });
    const forgotten = await maintenance.forgetExpiredKeys(clock.now());
    return { more: forgotten > 0 };
  };
  const loop = new Loop(round, { name: 'maintenance', intervalMs: MAINTENANCE_INTERVAL_MS, logger });
  lifecycle.onClose('maintenance', () => loop.stop());
}

/** What the operators' alarms look at; docs/operations.md says what each means. */
function startGauges(container: Container, lifecycle: Lifecycle, logger: Logger): void {
  const [outbox, queue, letters] = [
    container.get(T.Outbox),
    container.get(T.PaymentQueue),
    container.get(T.DeadLetters),
  ];
  const [maintenance, clock, meter] = [container.get(T.Maintenance), container.get(T.Clock), container.get(T.Meter)];
  const gauges: (() => Promise<void>)[] = [
    async () => {
      const depth = await queue.depth();
      if (depth !== undefined) meter.gauge('queue_depth', depth);
    },
    async () => meter.gauge('queue_dead_letters', await letters.count()),
    async () => {
      const { waiting, oldestAt } = await outbox.lag(COUNT_MAX);
      meter.gauge('outbox_waiting', waiting);
      meter.gauge('outbox_lag_seconds', oldestAt ? Math.max(0, clock.now().getTime() - oldestAt.getTime()) / 1000 : 0);
    },
    async () => meter.gauge('outbox_parked', await outbox.parked(COUNT_MAX)),
    async () => meter.gauge('payments_attention', await maintenance.countAttention(COUNT_MAX)),
    async () => meter.gauge('partition_strays', await maintenance.countStrays()),
  ];
  const round = async (): Promise<{ more: boolean }> => {
    // One that cannot be told now leaves the others true.
    await Promise.allSettled(gauges.map((gauge) => gauge()));
    return { more: false };
  };
  const loop = new Loop(round, { name: 'gauges', intervalMs: GAUGES_INTERVAL_MS, logger });
  lifecycle.onClose('gauges', () => loop.stop());
}
