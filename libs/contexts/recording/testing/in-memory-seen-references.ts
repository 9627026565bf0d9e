import type { RecordedPaymentId, TenantId } from '../src/domain/recorded-payment.js';
import type { HeldReference } from '../src/ports/recorded-payments.js';
import type { SeenReferences } from '../src/ports/seen-references.js';

/** Remembers everything, also what a test makes it claim. */
export class InMemorySeenReferences implements SeenReferences {
  private readonly ids = new Map<string, RecordedPaymentId>();

  async find(tenantId: TenantId, references: readonly string[]): Promise<readonly (RecordedPaymentId | undefined)[]> {
    await Promise.resolve();
    return references.map((reference) => this.ids.get(keyOf(tenantId, reference)));
  }

  async remember(tenantId: TenantId, held: readonly HeldReference[]): Promise<void> {
    await Promise.resolve();
    for (const { referenceNumber, paymentId } of held) this.ids.set(keyOf(tenantId, referenceNumber), paymentId);
  }

  async forget(tenantId: TenantId, references: readonly string[]): Promise<void> {
    await Promise.resolve();
    for (const reference of references) this.ids.delete(keyOf(tenantId, reference));
  }
}

const keyOf = (tenantId: TenantId, reference: string): string => JSON.stringify([tenantId, reference]);
