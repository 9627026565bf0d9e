import { newId, systemClock } from '@ferry/kernel';
import {
  AddBusinessUnit,
  ChangeTenantStatus,
  ConfigureTenant,
  KeepSecrets,
  ManageKeys,
  ManageUsers,
  OnboardTenant,
} from '@ferry/tenancy';
import { InMemorySecretBox, InMemoryTenancy } from '@ferry/tenancy/testing';
import type { TenancyDeps } from '../src/routes/tenancy/deps.js';

/** The tenancy context on in-memory fakes. */
export function aTenancy(store = new InMemoryTenancy()): TenancyDeps & { readonly keepSecrets: KeepSecrets } {
  const telling = { clock: systemClock, newId };
  const { tenants, keys, users, configs, auditChain, usage } = store;
  return {
    tenants,
    onboardTenant: new OnboardTenant(tenants, telling),
    changeTenantStatus: new ChangeTenantStatus(tenants, telling),
    addBusinessUnit: new AddBusinessUnit(tenants, telling),
    keys,
    manageKeys: new ManageKeys(tenants, keys, telling),
    configs,
    configureTenant: new ConfigureTenant(configs, telling),
    users,
    manageUsers: new ManageUsers(users, tenants, telling),
    keepSecrets: new KeepSecrets(configs, new InMemorySecretBox(), telling),
    auditChain,
    usage,
  };
}
