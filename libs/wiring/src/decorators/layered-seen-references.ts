import type { HeldReference, RecordedPaymentId, SeenReferences, TenantId } from '@ferry/recording';

/** Asks the nearest layer first, and those behind it only for what it does not know; what they know, it knows afterwards. */
export class LayeredSeenReferences implements SeenReferences {
  /** Nearest first. Without any, nothing has been seen. */
  constructor(private readonly layers: readonly SeenReferences[]) {}

  async find(tenantId: TenantId, references: readonly string[]): Promise<readonly (RecordedPaymentId | undefined)[]> {
    const found = new Map<string, RecordedPaymentId>();
    let open = references;
    for (const [depth, layer] of this.layers.entries()) {
      if (open.length === 0) break;
      const ids = await layer.find(tenantId, open);
      const held = open.flatMap((referenceNumber, i): HeldReference[] => {
        const paymentId = ids[i];
        return paymentId === undefined ? [] : [{ referenceNumber, paymentId }];
      });
      for (const { referenceNumber, paymentId } of held) found.set(referenceNumber, paymentId);
      if (held.length > 0) await this.all(this.layers.slice(0, depth), (nearer) => nearer.remember(tenantId, held));
      open = open.filter((reference) => !found.has(reference));
    }
    return references.map((reference) => found.get(reference));
  }

  remember(tenantId: TenantId, held: readonly HeldReference[]): Promise<void> {
    return this.all(this.layers, (layer) => layer.remember(tenantId, held));
  }

  forget(tenantId: TenantId, references: readonly string[]): Promise<void> {
    return this.all(this.layers, (layer) => layer.forget(tenantId, references));
  }

  private async all(layers: readonly SeenReferences[], work: (layer: SeenReferences) => Promise<void>): Promise<void> {
    await Promise.all(layers.map(work));
  }
}
