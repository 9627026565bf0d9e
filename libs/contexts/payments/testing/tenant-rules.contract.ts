import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PaymentRules } from '../src/domain/payment-rules.js';
import type { TenantId } from '../src/domain/payment.js';
import type { TenantRules } from '../src/ports/tenant-rules.js';
import { aTenant, moneyOf } from './builders.js';

export interface RulesUnderTest {
  readonly rules: TenantRules;
  /** What a tenant decides; seen by questions that come later. */
  decide(tenantId: TenantId, rules: PaymentRules): Promise<void>;
}

/** What every TenantRules promises. */
export function tenantRulesContract(name: string, make: () => Promise<RulesUnderTest>): void {
  describe(`${name} is a TenantRules`, () => {
    const open: PaymentRules = { currencies: [], rails: [], amountMaxMinor: {} };
    let tested: RulesUnderTest;
    beforeEach(async () => {
      tested = await make();
    });

    test('everything is open to a tenant that decided nothing', async () => {
      expect(await tested.rules.of(aTenant())).toEqual(open);
    });

    test('each tenant has its own, amounts as they are beyond what a double holds', async () => {
      const { currency } = moneyOf('1', 'XAF');
      const decided = { currencies: [currency], rails: ['simulated'], amountMaxMinor: { XAF: 999_999_999_999_999n } };
      const [one, other] = [aTenant(), aTenant()];
      await tested.decide(one, decided);
      expect(await tested.rules.of(one)).toEqual(decided);
      expect(await tested.rules.of(other)).toEqual(open);
    });
  });
}
