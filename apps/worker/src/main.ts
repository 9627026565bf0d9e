import 'reflect-metadata';
import { version } from '@ferry/kernel';
import { startMetricsServer } from '@ferry/metrics';
import {
  composeEngine,
  engineSettings,
  Readiness,
  runMain,
  runProcess,
  startPoolGauges,
  workerSettings,
} from '@ferry/wiring';
import { startWorker } from './worker.js';

runMain({ ...engineSettings, ...workerSettings }, (settings) =>
  runProcess('ferry-worker', version, settings, async ({ logger, meter, lifecycle, closing }) => {
    const container = composeEngine({ settings, workerSettings: settings, logger, meter, lifecycle });
    const readiness = new Readiness(container, closing);
    const server = await startMetricsServer({
      host: settings.HOST,
      port: settings.METRICS_PORT,
      registry: settings.ENABLE_METRICS ? meter.registry : undefined,
      health: { ready: () => readiness.health(), report: () => readiness.report() },
    });
    lifecycle.onClose('metrics and health', () => server.close());
    await readiness.untilSchemaChecked(logger);
    startPoolGauges(container);
    if (!settings.KAFKA_BROKERS) logger.warn('no KAFKA_BROKERS: events leave the outbox and are told to nobody');
    await startWorker(container);
    logger.info('worker runs', { prefetch: settings.WORKER_PREFETCH });
  }),
);
