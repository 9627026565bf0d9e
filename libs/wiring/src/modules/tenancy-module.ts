import { AesGcmSecretBox, NoKeysSecretBox } from '@ferry/encryption';
import {
  PostgresApiKeyRepository,
  PostgresAuditChain,
  PostgresKeyDirectory,
  PostgresKeyUseLog,
  PostgresTenantConfigs,
  PostgresTenantDirectory,
  PostgresTenantRepository,
  PostgresTenantUsers,
  PostgresUnchainedTenants,
  PostgresUsageCounting,
  PostgresUsageRecords,
} from '@ferry/postgres';
import {
  AddBusinessUnit,
  Authenticator,
  ChainAudit,
  ChangeTenantStatus,
  ConfigureTenant,
  CountUsage,
  HeldConfigs,
  HeldUnits,
  KeepSecrets,
  ManageKeys,
  ManageUsers,
  OnboardTenant,
  RecordKeyUses,
} from '@ferry/tenancy';
import { ContainerModule } from 'inversify';
import { T } from '../tokens.js';

/** Ports of tenancy on PostgreSQL. What looks after all tenants needs the sweeper's login, which a process that only serves the API lacks. */
export const tenancyAdaptersModule = new ContainerModule(({ bind }) => {
  const app = [T.AppDatabase] as const;
  const both = [T.AppDatabase, T.SweeperDatabase] as const;
  bind(T.TenantRepository).toResolvedValue((database) => new PostgresTenantRepository(database), [...app]);
  bind(T.TenantDirectory).toResolvedValue((sweeper) => new PostgresTenantDirectory(sweeper), [T.SweeperDatabase]);
  bind(T.ApiKeyRepository).toResolvedValue((database) => new PostgresApiKeyRepository(database), [...app]);
  bind(T.KeyDirectory).toResolvedValue((database) => new PostgresKeyDirectory(database), [...app]);
  bind(T.KeyUseLog).toResolvedValue((database) => new PostgresKeyUseLog(database), [...app]);
  bind(T.TenantUsers).toResolvedValue((database) => new PostgresTenantUsers(database), [...app]);
  bind(T.TenantConfigs).toResolvedValue((database) => new PostgresTenantConfigs(database), [...app]);
  bind(T.AuditChain).toResolvedValue((database) => new PostgresAuditChain(database), [...app]);
  bind(T.UnchainedTenants).toResolvedValue((sweeper) => new PostgresUnchainedTenants(sweeper), [T.SweeperDatabase]);
  bind(T.HeldConfigs).toResolvedValue((configs) => new HeldConfigs(configs), [T.TenantConfigs]);
  bind(T.HeldUnits).toResolvedValue((tenants) => new HeldUnits(tenants), [T.TenantRepository]);
  bind(T.UsageRecords).toResolvedValue((database) => new PostgresUsageRecords(database), [...app]);
  bind(T.UsageCounting).toResolvedValue((database, sweeper) => new PostgresUsageCounting(database, sweeper), [...both]);
  bind(T.SecretBox).toResolvedValue(
    ({ FERRY_ENCRYPTION_KEYS: keys }) => (keys ? new AesGcmSecretBox(keys) : new NoKeysSecretBox()),
    [T.EngineSettings],
  );
});

/** The use cases of the tenancy context. */
export const tenancyModule = new ContainerModule(({ bind }) => {
  bind(T.Telling).toResolvedValue((clock, newId) => ({ clock, newId }), [T.Clock, T.NewId]);
  bind(T.Authenticator).toResolvedValue((directory) => new Authenticator(directory), [T.KeyDirectory]);
  bind(T.RecordKeyUses).toResolvedValue((log, clock) => new RecordKeyUses(log, clock), [T.KeyUseLog, T.Clock]);
  bind(T.OnboardTenant).toResolvedValue(
    (tenants, telling) => new OnboardTenant(tenants, telling),
    [T.TenantRepository, T.Telling],
  );
  bind(T.ChangeTenantStatus).toResolvedValue(
    (tenants, telling) => new ChangeTenantStatus(tenants, telling),
    [T.TenantRepository, T.Telling],
  );
  bind(T.AddBusinessUnit).toResolvedValue(
    (tenants, telling) => new AddBusinessUnit(tenants, telling),
    [T.TenantRepository, T.Telling],
  );
  bind(T.ManageKeys).toResolvedValue(
    (tenants, keys, telling) => new ManageKeys(tenants, keys, telling),
    [T.TenantRepository, T.ApiKeyRepository, T.Telling],
  );
  bind(T.ManageUsers).toResolvedValue(
    (users, tenants, telling) => new ManageUsers(users, tenants, telling),
    [T.TenantUsers, T.TenantRepository, T.Telling],
  );
  bind(T.ConfigureTenant).toResolvedValue(
    (configs, telling) => new ConfigureTenant(configs, telling),
    [T.TenantConfigs, T.Telling],
  );
  bind(T.KeepSecrets).toResolvedValue(
    (configs, box, telling) => new KeepSecrets(configs, box, telling),
    [T.TenantConfigs, T.SecretBox, T.Telling],
  );
  bind(T.ChainAudit).toResolvedValue(
    (unchained, chain) => new ChainAudit(unchained, chain),
    [T.UnchainedTenants, T.AuditChain],
  );
  bind(T.CountUsage).toResolvedValue((usage, clock) => new CountUsage(usage, clock), [T.UsageCounting, T.Clock]);
});
