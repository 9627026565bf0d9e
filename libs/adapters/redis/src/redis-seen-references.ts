import { errorFields, isUuid, sha256, stopwatch, within, type Logger, type Meter, type Stopwatch } from '@ferry/kernel';
import type { HeldReference, RecordedPaymentId, SeenReferences, TenantId } from '@ferry/recording';
import type { RedisConnection } from './redis-connection.js';

/** Many times what a Redis near by needs; nobody waits for it longer. */
const PATIENCE_MS = 50;
/** How long Redis is left alone after it failed, so that an outage costs one call in a while its patience. */
const PAUSE_MS = 5_000;
/** 128 bits: two references of one tenant never meet, and if they did, the store would not confirm it. */
const DIGEST_LENGTH = 32;

export interface RedisSeenReferencesOptions {
  readonly ttlSeconds: number;
  /** Before every key; `ferry:seen` when not given. */
  readonly prefix?: string;
  /** How long an answer is waited for. 50 ms otherwise; longer for tests, which a machine may pause. */
  readonly patienceMs?: number;
}

/**
 * Reference numbers that any process has recorded, in Redis: one round trip a call. Of the reference itself Redis is told a digest: it
 * is the client's, may be long, and may hold anything. Without Redis it finds nothing, at once.
 */
export class RedisSeenReferences implements SeenReferences {
  private failed: Stopwatch | undefined;

  constructor(
    private readonly connection: Pick<RedisConnection, 'redis' | 'state'>,
    private readonly options: RedisSeenReferencesOptions,
    private readonly logger: Logger,
    private readonly meter: Meter,
  ) {}

  async find(tenantId: TenantId, references: readonly string[]): Promise<readonly (RecordedPaymentId | undefined)[]> {
    if (references.length === 0) return [];
    const keys = references.map((reference) => this.keyOf(tenantId, reference));
    const answer = await this.ask(() => this.connection.redis.mget(...keys));
    if (!answer) {
      this.count('unavailable', references.length);
      return references.map(() => undefined);
    }
    // Whoever reaches Redis can write anything.
    const found = answer.map((text) => (text !== null && isUuid(text) ? text : undefined));
    const hits = found.filter((id) => id !== undefined).length;
    this.count('hit', hits);
    this.count('miss', found.length - hits);
    return found;
  }

  async remember(tenantId: TenantId, held: readonly HeldReference[]): Promise<void> {
    if (held.length === 0) return;
    await this.ask(() => {
      const pipeline = this.connection.redis.pipeline();
      for (const { referenceNumber, paymentId } of held)
        pipeline.set(this.keyOf(tenantId, referenceNumber), paymentId, 'EX', this.options.ttlSeconds);
      return pipeline.exec();
    });
  }

  async forget(tenantId: TenantId, references: readonly string[]): Promise<void> {
    if (references.length === 0) return;
    await this.ask(() => this.connection.redis.del(...references.map((reference) => this.keyOf(tenantId, reference))));
  }

  private keyOf(tenantId: TenantId, reference: string): string {
    return `${this.options.prefix ?? 'ferry:seen'}:${tenantId}:${sha256(reference).slice(0, DIGEST_LENGTH)}`;
  }

  /** Undefined when Redis is away, was so a moment ago, or takes too long. */
  private async ask<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (!this.connection.state.connected || (this.failed !== undefined && this.failed() < PAUSE_MS)) return undefined;
    try {
      const answer = await within(this.options.patienceMs ?? PATIENCE_MS, command());
      this.failed = undefined;
      return answer;
    } catch (error) {
      this.failed = stopwatch();
      this.logger.debug('redis did not say what it has seen', errorFields(error));
      return undefined;
    }
  }

  private count(result: 'hit' | 'miss' | 'unavailable', by: number): void {
    if (by > 0) this.meter.count('reference_cache_total', { layer: 'redis', result }, by);
  }
}
