import type {
  AddBusinessUnit,
  ApiKeyRepository,
  AuditLog,
  ChangeTenantStatus,
  ConfigureTenant,
  ManageKeys,
  OnboardTenant,
  TenantConfigs,
  TenantRepository,
  UsageRecords,
} from '@ferry/tenancy';

/** What the routes of tenants, keys, configuration, audit log and usage ask of the rest of Ferry. */
export interface TenancyDeps {
  readonly tenants: Pick<TenantRepository, 'find' | 'units'>;
  readonly onboardTenant: Pick<OnboardTenant, 'execute'>;
  readonly changeTenantStatus: Pick<ChangeTenantStatus, 'execute'>;
  readonly addBusinessUnit: Pick<AddBusinessUnit, 'execute'>;
  readonly keys: Pick<ApiKeyRepository, 'list'>;
  readonly manageKeys: Pick<ManageKeys, 'create' | 'rotate' | 'revoke'>;
  readonly configs: Pick<TenantConfigs, 'load'>;
  readonly configureTenant: Pick<ConfigureTenant, 'execute'>;
  readonly auditLog: AuditLog;
  readonly usage: UsageRecords;
}
