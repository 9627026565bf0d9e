import { errorFields, type Logger } from '@ferry/kernel';
import type { HeldReference, RecordedPaymentId, RecordedPayments, SeenReferences, TenantId } from '@ferry/recording';

/** A tenth of the cache as it is without settings, so that a busy tenant does not drive all others out. */
export const WARM_REFERENCES = 1_000;
/** Tenants that are remembered as warmed; one that was forgotten is warmed again. */
const WARMED_MAX = 10_000;

/**
 * Fills an empty cache with what a tenant recorded last, when the tenant is first asked for. Nobody waits for it: until it is done there
 * are misses, which cost work and decide nothing. One tenant at a time, so that a process that starts does not take all connections.
 */
export class WarmedSeenReferences implements SeenReferences {
  private readonly warmed = new Set<TenantId>();
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly cache: SeenReferences,
    private readonly payments: Pick<RecordedPayments, 'recentReferences'>,
    private readonly logger: Logger,
  ) {}

  find(tenantId: TenantId, references: readonly string[]): Promise<readonly (RecordedPaymentId | undefined)[]> {
    if (!this.warmed.has(tenantId)) this.queue(tenantId);
    return this.cache.find(tenantId, references);
  }

  remember(tenantId: TenantId, held: readonly HeldReference[]): Promise<void> {
    return this.cache.remember(tenantId, held);
  }

  forget(tenantId: TenantId, references: readonly string[]): Promise<void> {
    return this.cache.forget(tenantId, references);
  }

  /** Resolves when every tenant that was asked for is warmed. */
  untilWarm(): Promise<void> {
    return this.last;
  }

  private queue(tenantId: TenantId): void {
    this.warmed.add(tenantId);
    const [oldest] = this.warmed;
    if (this.warmed.size > WARMED_MAX) this.warmed.delete(oldest as TenantId);
    this.last = this.last.then(() => this.warm(tenantId));
  }

  private async warm(tenantId: TenantId): Promise<void> {
    try {
      const recent = await this.payments.recentReferences(tenantId, WARM_REFERENCES);
      // The newest last, so that it is the last to be driven out.
      await this.cache.remember(tenantId, recent.toReversed());
    } catch (error) {
      this.warmed.delete(tenantId);
      this.logger.debug('references were not warmed', { tenant_id: tenantId, ...errorFields(error) });
    }
  }
}
