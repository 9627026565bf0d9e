import type { Meter } from '@ferry/kernel';
import type { HeldReference, RecordedPaymentId, SeenReferences, TenantId } from '@ferry/recording';

/** No tenant has a line break in its name. */
const keyOf = (tenantId: TenantId, reference: string): string => `${tenantId}\n${reference}`;

/** The reference numbers of all tenants together that were used last, in this process: at most 10,000 of 255 characters are some 6 MB. */
export class InProcessSeenReferences implements SeenReferences {
  /** In order of use: a Map remembers the order of insertion. */
  private readonly ids = new Map<string, RecordedPaymentId>();

  constructor(
    private readonly sizeMax: number,
    private readonly meter: Meter,
  ) {}

  find(tenantId: TenantId, references: readonly string[]): Promise<readonly (RecordedPaymentId | undefined)[]> {
    const found = references.map((reference) => this.use(keyOf(tenantId, reference)));
    const hits = found.filter((id) => id !== undefined).length;
    if (hits > 0) this.meter.count('reference_cache_total', { layer: 'memory', result: 'hit' }, hits);
    const misses = found.length - hits;
    if (misses > 0) this.meter.count('reference_cache_total', { layer: 'memory', result: 'miss' }, misses);
    return Promise.resolve(found);
  }

  remember(tenantId: TenantId, held: readonly HeldReference[]): Promise<void> {
    for (const { referenceNumber, paymentId } of held) this.set(keyOf(tenantId, referenceNumber), paymentId);
    return Promise.resolve();
  }

  forget(tenantId: TenantId, references: readonly string[]): Promise<void> {
    for (const reference of references) this.ids.delete(keyOf(tenantId, reference));
    return Promise.resolve();
  }

  private use(key: string): RecordedPaymentId | undefined {
    const id = this.ids.get(key);
    if (id !== undefined) this.set(key, id);
    return id;
  }

  private set(key: string, id: RecordedPaymentId): void {
    this.ids.delete(key);
    this.ids.set(key, id);
    if (this.ids.size > this.sizeMax) this.dropOldest();
  }

  /**
   * A tenth at once: a Map steps over what was deleted at its front each time somebody asks for the first key. One at a time cost 6 µs for
   * each reference, more than anything else that the drain of staging does in this process.
   */
  private dropOldest(): void {
    let left = Math.max(1, Math.floor(this.sizeMax / 10));
    for (const key of this.ids.keys()) {
      this.ids.delete(key);
      if ((left -= 1) === 0) return;
    }
  }
}
