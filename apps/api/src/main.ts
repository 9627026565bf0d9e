import 'reflect-metadata';
import { version } from '@ferry/kernel';
import { startMetricsServer } from '@ferry/metrics';
import { apiSettings, composeEngine, engineSettings, runMain, runProcess } from '@ferry/wiring';
import { startApi } from './composition-root.js';

runMain({ ...engineSettings, ...apiSettings }, (settings) =>
  runProcess('ferry-api', version, settings, async (runtime) => {
    const { logger, meter, lifecycle } = runtime;
    if (settings.ENABLE_METRICS) {
      const metrics = await startMetricsServer({
        host: settings.HOST,
        port: settings.METRICS_PORT,
        registry: meter.registry,
      });
      lifecycle.onClose('metrics', () => metrics.close());
    }
    if (!settings.RABBITMQ_URL)
      logger.warn('no RABBITMQ_URL: new payments wait until the sweeper of a worker finds them');
    await startApi(composeEngine({ settings, logger, meter, lifecycle }), settings, runtime);
  }),
);
