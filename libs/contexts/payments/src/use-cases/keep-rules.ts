import type { Clock } from '@ferry/kernel';
import { breachesOf, unknownUnit, type Breach } from '../domain/payment-rules.js';
import type { TenantId } from '../domain/payment.js';
import type { PaymentRepository, Remembered } from '../ports/payment-repository.js';
import type { TenantRules } from '../ports/tenant-rules.js';
import type { CreatePayment } from './create-payments.js';

/** The tenant does not allow it: nothing is written, and its key stays free. */
export interface Refused {
  readonly outcome: 'refused';
  readonly breaches: readonly Breach[];
}

/** Holds new payments to what their tenant has decided. */
export class KeepRules {
  constructor(
    private readonly rules: TenantRules,
    private readonly repository: PaymentRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * What becomes of those that break a rule. A request that was answered before the rule came gets that answer again: its client
   * only asks what has become of it. Rejects when the rules cannot be known.
   */
  async notAllowed(
    tenantId: TenantId,
    commands: readonly CreatePayment[],
  ): Promise<ReadonlyMap<CreatePayment, Remembered | Refused>> {
    const named = new Set(commands.map(({ instruction }) => instruction.businessUnitId));
    const [rules, units] = await Promise.all([this.rules.of(tenantId), this.rules.unitsAmong(tenantId, named)]);
    const refused = new Map<CreatePayment, Remembered | Refused>();
    for (const command of commands) {
      const { instruction } = command;
      const strange = units.has(instruction.businessUnitId) ? [] : [unknownUnit];
      const breaches = [...breachesOf(rules, instruction), ...strange];
      if (breaches.length > 0) refused.set(command, { outcome: 'refused', breaches });
    }
    const keyed = [...refused.keys()].flatMap((command) =>
      command.idempotency ? [{ command, ...command.idempotency }] : [],
    );
    if (keyed.length === 0) return refused;
    const remembered = await this.repository.remembered(tenantId, keyed, this.clock.now());
    keyed.forEach(({ command }, i) => {
      const earlier = remembered[i];
      if (earlier) refused.set(command, earlier);
    });
    return refused;
  }
}
