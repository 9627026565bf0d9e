import type { TenantRules } from '@ferry/payments';
import type { TenantConfigs } from '@ferry/tenancy';

/** What tenancy calls the configuration of a tenant are to payments the rules of that tenant. */
export const rulesOfConfig = (configs: Pick<TenantConfigs, 'load'>): TenantRules => ({
  of: async (tenantId) => {
    const { currencies, rails, limits } = (await configs.load(tenantId)).config;
    return { currencies, rails, amountMaxMinor: limits.amountMaxMinor };
  },
});
