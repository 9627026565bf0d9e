import type { TenantRules } from '@ferry/payments';
import type { HeldUnits, TenantConfigs } from '@ferry/tenancy';

/** What tenancy calls the configuration and the business units of a tenant are to payments the rules of that tenant. */
export const rulesOfTenancy = (configs: Pick<TenantConfigs, 'load'>, units: Pick<HeldUnits, 'among'>): TenantRules => ({
  of: async (tenantId) => {
    const { currencies, rails, limits } = (await configs.load(tenantId)).config;
    return { currencies, rails, amountMaxMinor: limits.amountMaxMinor };
  },
  unitsAmong: (tenantId, named) => units.among(tenantId, named),
});
