import { firstIdAt, newId } from '@ferry/kernel';
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
import { startOf } from '@ferry/tenancy';
import {
  apiKeysContract,
  auditChainContract,
  tenantConfigsContract,
  tenantRepositoryContract,
  tenantUsersContract,
  usageRecordsContract,
  type TenancyStore,
  type UsedPayment,
} from '@ferry/tenancy/testing';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';

/** What tenancy asks of PostgreSQL, of whatever database is there when the tests run. */
export function tenancyContracts(database: () => TestDatabase): void {
  const make = (): Promise<TenancyStore> => {
    const { app, sweeper } = database();
    return Promise.resolve({
      tenants: new PostgresTenantRepository(app),
      directory: new PostgresTenantDirectory(sweeper),
      keys: new PostgresApiKeyRepository(app),
      keyDirectory: new PostgresKeyDirectory(app),
      keyUses: new PostgresKeyUseLog(app),
      users: new PostgresTenantUsers(app),
      configs: new PostgresTenantConfigs(app),
      auditChain: new PostgresAuditChain(app),
      unchained: new PostgresUnchainedTenants(sweeper),
      usage: new PostgresUsageRecords(app),
      usageCounting: new PostgresUsageCounting(app, sweeper),
      pay: (tenantId, payment) => pay(tenantId, payment),
    });
  };

  /** The first and the last moment of the day in turn: both belong to it. */
  let last = false;
  async function pay(tenantId: string, { day, money, status }: UsedPayment): Promise<void> {
    last = !last;
    const at = new Date(startOf(day).getTime() + (last ? 86_399_999 : 0));
    const id = firstIdAt(at).slice(0, 14) + newId().slice(14);
    await database().query(
      `insert into payments.payments (tenant_id, id, kind, rail, amount_minor, currency, reference, metadata, status, attempts,
         version, correlation_id, traceparent, created_at, updated_at)
       values ($1, $2::uuid, 'PAYMENT', 'simulated', $3, $4, $2::uuid::text, '{}', $5, 0, 1, 'c', 't', $6, $6)`,
      [tenantId, id, money.amountMinor, money.currency, status, at.toISOString()],
    );
  }

  tenantRepositoryContract('PostgreSQL', make);
  apiKeysContract('PostgreSQL', make);
  tenantConfigsContract('PostgreSQL', make);
  tenantUsersContract('PostgreSQL', make);
  auditChainContract('PostgreSQL', make);
  usageRecordsContract('PostgreSQL', make);
}
