import type {
  AddBusinessUnit,
  ApiKeyRepository,
  AuditChain,
  ChangeTenantStatus,
  ConfigureTenant,
  KeepSecrets,
  ManageKeys,
  ManageUsers,
  OnboardTenant,
  TenantConfigs,
  TenantRepository,
  TenantUsers,
  UsageRecords,
} from '@ferry/tenancy';

/** What the routes of tenants, keys, people, configuration, secrets, audit log and usage ask of the rest of Ferry. */
export interface TenancyDeps {
  readonly tenants: Pick<TenantRepository, 'find' | 'units'>;
  readonly onboardTenant: Pick<OnboardTenant, 'execute'>;
  readonly changeTenantStatus: Pick<ChangeTenantStatus, 'execute'>;
  readonly addBusinessUnit: Pick<AddBusinessUnit, 'execute'>;
  readonly keys: Pick<ApiKeyRepository, 'list'>;
  readonly manageKeys: Pick<ManageKeys, 'create' | 'rotate' | 'revoke'>;
  readonly configs: Pick<TenantConfigs, 'load'>;
  readonly configureTenant: Pick<ConfigureTenant, 'execute'>;
  readonly users: Pick<TenantUsers, 'list'>;
  readonly manageUsers: Pick<ManageUsers, 'letIn' | 'change' | 'remove'>;
  readonly keepSecrets: Pick<KeepSecrets, 'add' | 'list' | 'remove'>;
  readonly auditChain: Pick<AuditChain, 'extendChain' | 'readChain' | 'stretch'>;
  readonly usage: UsageRecords;
}
