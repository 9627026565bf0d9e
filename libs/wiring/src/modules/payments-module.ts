import { CancelPayment, CreatePayments, ProcessPayments, ReplayDeadLetters, SweepPayments } from '@ferry/payments';
import { ContainerModule } from 'inversify';
import { rulesOfTenancy } from '../bridges/rules-of-tenancy.js';
import { T } from '../tokens.js';

/** The use cases of the payments context. */
export const paymentsModule = new ContainerModule(({ bind }) => {
  bind(T.TenantRules).toResolvedValue(rulesOfTenancy, [T.HeldConfigs, T.HeldUnits]);
  bind(T.CreatePayments).toResolvedValue(
    (repository, queue, rules, clock, newId, settings) =>
      new CreatePayments(repository, queue, rules, clock, newId, {
        idempotencyDays: settings.IDEMPOTENCY_DAYS,
        // In one process the messages of a tenant stand in nobody else's way, and cost less than a sweep: only room bounds them.
        aheadMax: settings.RABBITMQ_URL ? settings.QUEUE_DEPTH_MAX : Infinity,
      }),
    [T.PaymentRepository, T.PaymentQueue, T.TenantRules, T.Clock, T.NewId, T.EngineSettings],
  );
  bind(T.CancelPayment).toResolvedValue(
    (repository, signals, clock, newId) => new CancelPayment(repository, signals, clock, newId),
    [T.PaymentRepository, T.PaymentSignals, T.Clock, T.NewId],
  );
  bind(T.ProcessPayments).toResolvedValue(
    (repository, rails, signals, clock, newId, logger, meter, settings) =>
      new ProcessPayments(
        { repository, rails, signals, clock, newId, random: Math.random, logger, meter },
        {
          railTimeoutMs: settings.RAIL_TIMEOUT_MS,
          railCallsMax: settings.RAIL_CALLS_MAX,
          leaseMs: settings.LEASE_MS,
          retry: { baseMs: settings.RETRY_BASE_MS, maxMs: settings.RETRY_MAX_MS },
          attemptsMax: settings.ATTEMPTS_MAX,
          unknownAttentionAfter: settings.UNKNOWN_ATTENTION_AFTER,
        },
      ),
    [T.PaymentRepository, T.Rails, T.PaymentSignals, T.Clock, T.NewId, T.Logger, T.Meter, T.WorkerSettings],
  );
  bind(T.SweepPayments).toResolvedValue(
    (due, queue, clock, engine, worker) =>
      new SweepPayments(due, queue, clock, {
        // The other half is for tenants with few new payments: these are announced at once although backlogs wait.
        aheadMax: Math.ceil(engine.QUEUE_DEPTH_MAX / 2),
        batchMax: worker.SWEEP_BATCH,
        againAfterMs: engine.SWEEP_GRACE_MS,
      }),
    [T.DuePayments, T.PaymentQueue, T.Clock, T.EngineSettings, T.WorkerSettings],
  );
  bind(T.ReplayDeadLetters).toResolvedValue(
    (repository, due, letters, clock) => new ReplayDeadLetters(repository, due, letters, clock),
    [T.PaymentRepository, T.DuePayments, T.DeadLetters, T.Clock],
  );
});
