import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PaymentRules } from '../src/domain/payment-rules.js';
import { DEFAULT_UNIT, type BusinessUnitId, type TenantId } from '../src/domain/payment.js';
import type { TenantRules } from '../src/ports/tenant-rules.js';
import { aTenant, moneyOf } from './builders.js';

export interface RulesUnderTest {
  readonly rules: TenantRules;
  /** What a tenant decides; seen by questions that come later. */
  decide(tenantId: TenantId, rules: PaymentRules): Promise<void>;
  addUnit(tenantId: TenantId, unit: BusinessUnitId): Promise<void>;
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

    test('every tenant has the first unit, and each its own beside it', async () => {
      const [one, other] = [aTenant(), aTenant()];
      await tested.addUnit(one, 'north');
      const named = new Set([DEFAULT_UNIT, 'north', 'South']);
      expect(await tested.rules.unitsAmong(one, named)).toEqual(new Set([DEFAULT_UNIT, 'north']));
      expect(await tested.rules.unitsAmong(one, new Set(['North']))).toEqual(new Set());
      expect(await tested.rules.unitsAmong(other, named)).toEqual(new Set([DEFAULT_UNIT]));
    });

    test('a unit counts as soon as it is added', async () => {
      const tenantId = aTenant();
      for (const unit of ['north', 'south']) {
        expect(await tested.rules.unitsAmong(tenantId, new Set([unit]))).toEqual(new Set());
        await tested.addUnit(tenantId, unit);
        expect(await tested.rules.unitsAmong(tenantId, new Set([unit]))).toEqual(new Set([unit]));
      }
      expect(await tested.rules.unitsAmong(tenantId, new Set())).toEqual(new Set());
    });
  });
}
