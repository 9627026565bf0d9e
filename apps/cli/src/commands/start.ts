import { startApi } from '@ferry/api';
import { version } from '@ferry/kernel';
import { startMetricsServer } from '@ferry/metrics';
import { composeEngine, runMain, runProcess, type ApiSettings, type EngineSettings } from '@ferry/wiring';
import { startWorker } from '@ferry/worker';
import { databaseUrls } from '../embedded-database.js';
import { startSettings } from '../settings.js';

/** Everything in one process. Ctrl-C stops it; the data stays. */
export function startCommand(): void {
  runMain(startSettings, (given) =>
    runProcess('ferry', version, given, async (runtime) => {
      const { logger, meter, lifecycle, closing } = runtime;
      if (given.npm_lifecycle_event) stopWithParent(closing);
      const { embedded, ...urls } = await databaseUrls(given, lifecycle, logger);
      embedded?.failed.catch((error: unknown) => runtime.fail('the embedded database is lost', error));
      const settings = { ...given, ...urls };
      const container = composeEngine({ settings, workerSettings: settings, logger, meter, lifecycle });
      const metricsPort = await serveMetrics(settings, runtime);
      await startWorker(container);
      const { port } = await startApi(container, settings, runtime);
      process.stdout.write(banner(settings, port, metricsPort, embedded !== undefined));
    }),
  );
}

const PARENT_CHECK_MS = 500;

/** npm hands a SIGTERM to its shell only, which ends and leaves us behind: we are then nobody's child any more. */
function stopWithParent(closing: AbortSignal): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
  // A second signal would mean: at once.
  closing.addEventListener('abort', () => clearInterval(timer));
}

async function serveMetrics(
  settings: EngineSettings,
  { meter, lifecycle }: Parameters<Parameters<typeof runProcess>[3]>[0],
): Promise<number | undefined> {
  if (!settings.ENABLE_METRICS) return undefined;
  const metrics = await startMetricsServer({
    host: settings.HOST,
    port: settings.METRICS_PORT,
    registry: meter.registry,
  });
  lifecycle.onClose('metrics', () => metrics.close());
  return metrics.port;
}

type Banner = Pick<EngineSettings, 'HOST' | 'RABBITMQ_URL' | 'KAFKA_BROKERS'> &
  Pick<ApiSettings, 'FERRY_AUTH' | 'TLS_CERT_FILE'> & { readonly FERRY_DATA_DIR: string };

function banner(settings: Banner, port: number, metricsPort: number | undefined, embedded: boolean): string {
  const host = ['0.0.0.0', '127.0.0.1', '::'].includes(settings.HOST) ? 'localhost' : settings.HOST;
  const at = `${settings.TLS_CERT_FILE ? 'https' : 'http'}://${host}`;
  const open = settings.FERRY_AUTH === 'none';
  const lines = [
    `Ferry ${version} is running. Ctrl-C stops it.`,
    ``,
    `  API       ${at}:${port}/api/v1/payments`,
    `  Docs      ${at}:${port}/docs`,
    ...(metricsPort === undefined ? [] : [`  Metrics   http://${host}:${metricsPort}/metrics`]),
    `  Database  ${embedded ? `embedded PostgreSQL, data in ${settings.FERRY_DATA_DIR}` : 'the one of DATABASE_URL'}`,
    `  Queue     ${settings.RABBITMQ_URL ? 'RabbitMQ' : 'in this process'}`,
    `  Events    ${settings.KAFKA_BROKERS ? 'Kafka' : 'in this process'}`,
    ``,
    ...(open
      ? [`  NO AUTHENTICATION (FERRY_AUTH=none): whoever reaches ${settings.HOST}:${port} may create payments.`]
      : [`  Keys      asked for; \`ferry tenants create\` prints one, while this is stopped or with DATABASE_URL`]),
    ``,
    `Try: curl -X POST ${at}:${port}/api/v1/payments -H 'Content-Type: application/json' \\`,
    ...(open ? [] : [`       -H 'Authorization: Bearer fk_live_...' \\`]),
    `       -d '{"amount": 100.50, "currency": "USD", "reference": "REF-001"}'`,
  ];
  return `\n${lines.join('\n')}\n\n`;
}
