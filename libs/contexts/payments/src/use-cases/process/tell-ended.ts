import { traceIdOf } from '@ferry/kernel';
import type { TenantId } from '../../domain/payment.js';
import type { ChangeOutcome } from '../../ports/payment-repository.js';
import type { ProcessDependencies } from './process-needs.js';

type Needs = Pick<ProcessDependencies, 'signals' | 'logger' | 'meter'>;

/** Tells waiting readers, the log and the metrics of the payments that these changes have ended. */
export function tellEnded(
  { signals, logger, meter }: Needs,
  tenantId: TenantId,
  results: readonly ChangeOutcome[],
): void {
  const ended = results.flatMap((result) =>
    result.outcome === 'changed' && result.change.payment.isTerminal ? [result.change.payment.state] : [],
  );
  if (ended.length === 0) return;
  signals.announce(ended.map(({ id }) => ({ tenantId, paymentId: id })));
  for (const { id, status, reason, rail, createdAt, updatedAt, origin } of ended) {
    logger.info('payment ended', {
      payment_id: id,
      tenant_id: tenantId,
      status,
      reason,
      correlation_id: origin.correlationId,
      trace_id: traceIdOf(origin.traceparent),
    });
    meter.count('payments_ended_total', { status, rail });
    meter.observe('payment_duration_seconds', (updatedAt.getTime() - createdAt.getTime()) / 1000, { rail });
  }
}
