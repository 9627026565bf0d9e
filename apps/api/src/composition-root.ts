import { Batcher } from '@ferry/kernel';
import { withOrigin } from '@ferry/logging';
import {
  WatchPayments,
  type CreateOutcome,
  type CreatePayment,
  type Owner,
  type Payment,
  type PaymentId,
} from '@ferry/payments';
import { span } from '@ferry/tracing';
import {
  Readiness,
  startPoolGauges,
  startWebhookCounts,
  T,
  type ApiSettings,
  type EngineSettings,
  type Runtime,
} from '@ferry/wiring';
import type { Container } from 'inversify';
import { composeAccess } from './access/compose.js';
import type { HttpDeps } from './deps.js';
import type { HttpServer } from './http/server.js';
import { listen } from './listen.js';
import { composeWebhooks } from './routes/webhooks/compose.js';

/**
 * Between the starts of two transactions that create payments, unless one is full before: at 3,000 payments/s each then holds 11 payments
 * instead of 4, for four fifths of the CPU and 1 ms more of the median. One that comes alone does not wait.
 */
const CREATE_SPACING_MS = 4;
/** Reads of single payments that share one statement. */
const READ_BATCH = { sizeMax: 500, concurrency: 2, waitingMax: 20_000 };
/** A client that waits learns of the end within this time even when the signal is lost. */
const WATCH_POLL_MS = 500;
const WATCHERS_MAX = 10_000;

/** The API on top of an engine; what it opens is closed through the runtime's lifecycle. */
export async function startApi(
  container: Container,
  settings: ApiSettings & Pick<EngineSettings, 'HOST' | 'REDIS_URL' | 'REDIS_CA_FILE'>,
  runtime: Runtime,
): Promise<HttpServer> {
  const { meter, lifecycle, closing } = runtime;
  const readiness = new Readiness(container, closing);
  const createPayments = container.get(T.CreatePayments);
  const repository = container.get(T.PaymentRepository);
  startPoolGauges(container);
  startWebhookCounts(container);
  // An api publishes nothing: it holds a connection so that its health can say how Kafka is.
  container.get(T.EventPublisher);
  const creating = new Batcher<CreatePayment, CreateOutcome>((commands) => createPayments.execute(commands), {
    sizeMax: settings.CREATE_BATCH_MAX,
    concurrency: settings.CREATE_CONCURRENCY,
    spacingMs: CREATE_SPACING_MS,
    waitingMax: settings.CREATE_WAITING_MAX,
    onFlush: (size) => meter.observe('batch_size', size, { name: 'create' }),
  });
  const reading = new Batcher<{ owner: Owner; id: PaymentId }, Payment | undefined>(async (wanted) => {
    const found = new Map<unknown, Payment | undefined>();
    for (const group of Map.groupBy(wanted, ({ owner }) => nameOf(owner)).values()) {
      const [{ owner }] = group as [(typeof wanted)[number]];
      const payments = await repository.find(
        owner,
        group.map(({ id }) => id),
      );
      group.forEach((one, i) => found.set(one, payments[i]));
    }
    return wanted.map((one) => found.get(one));
  }, READ_BATCH);
  const readPayment = (owner: Owner, id: PaymentId): Promise<Payment | undefined> => reading.add({ owner, id });
  const watchPayments = new WatchPayments(readPayment, container.get(T.PaymentSignals), {
    pollMs: WATCH_POLL_MS,
    waitersMax: WATCHERS_MAX,
  });
  lifecycle.onClose('watch', () => watchPayments.close());

  const access = composeAccess(container, settings, runtime);
  const deps: HttpDeps = {
    createPayment: async (command) => {
      const outcome = await creating.add(command);
      meter.count('payments_created_total', { outcome: outcome.outcome });
      return outcome;
    },
    cancelPayment: container.get(T.CancelPayment),
    watchPayments,
    readPayment,
    payments: repository,
    recording: { payments: container.get(T.RecordedPayments), stats: container.get(T.TodayStats) },
    tenancy: {
      tenants: container.get(T.TenantRepository),
      onboardTenant: container.get(T.OnboardTenant),
      changeTenantStatus: container.get(T.ChangeTenantStatus),
      addBusinessUnit: container.get(T.AddBusinessUnit),
      keys: container.get(T.ApiKeyRepository),
      manageKeys: container.get(T.ManageKeys),
      configs: container.get(T.TenantConfigs),
      configureTenant: container.get(T.ConfigureTenant),
      users: container.get(T.TenantUsers),
      manageUsers: container.get(T.ManageUsers),
      keepSecrets: container.get(T.KeepSecrets),
      auditChain: container.get(T.AuditChain),
      usage: container.get(T.UsageRecords),
    },
    webhooks: composeWebhooks(container, settings, access.rates),
    rails: [...container.get(T.Rails).keys()],
    logger: runtime.logger,
    meter,
    principalOf: async (request) => {
      readiness.assertSchemaChecked();
      return access.principalOf(request);
    },
    admit: access.admit,
    notLetIn: access.notLetIn,
    trustedProxies: settings.TRUST_PROXY ?? [],
    health: () => readiness.health(),
    healthReport: () => readiness.report(),
    withOrigin,
    span: ({ method, route, parent }, work) =>
      span(
        `${method} ${route}`,
        { kind: 'server', parent, attributes: { 'http.request.method': method, 'http.route': route } },
        work,
      ),
    closing,
  };
  const server = await listen(deps, settings, lifecycle);
  if (settings.FERRY_AUTH === 'none')
    runtime.logger.warn('no authentication: whoever reaches this address may create payments', { host: settings.HOST });
  await readiness.untilSchemaChecked(runtime.logger);
  return server;
}

const nameOf = ({ tenantId, businessUnitId }: Owner): string => JSON.stringify([tenantId, businessUnitId]);
