import type { RecordingTenants } from '@ferry/recording';
import type { TenantConfigs, TenantRepository } from '@ferry/tenancy';

/** What tenancy knows of a tenant, as far as recording asks. */
export const recordingTenantsOf = (
  tenants: Pick<TenantRepository, 'find' | 'units'>,
  configs: Pick<TenantConfigs, 'load'>,
): RecordingTenants => ({
  async find(tenantId) {
    const [[tenant], { config }] = await Promise.all([tenants.find([tenantId]), configs.load(tenantId)]);
    return tenant && { suspended: tenant.status === 'SUSPENDED', currencies: config.currencies };
  },
  hasUnit: async (tenantId, unit) => (await tenants.units(tenantId)).some(({ id }) => id === unit),
});
