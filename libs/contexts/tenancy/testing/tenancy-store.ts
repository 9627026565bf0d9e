import type { TenantId } from '../src/domain/tenant.js';
import type { ApiKeyRepository } from '../src/ports/api-key-repository.js';
import type { AuditChain, UnchainedTenants } from '../src/ports/audit-chain.js';
import type { KeyDirectory } from '../src/ports/key-directory.js';
import type { KeyUseLog } from '../src/ports/key-use-log.js';
import type { TenantConfigs } from '../src/ports/tenant-configs.js';
import type { TenantDirectory } from '../src/ports/tenant-directory.js';
import type { TenantRepository } from '../src/ports/tenant-repository.js';
import type { TenantUsers } from '../src/ports/tenant-users.js';
import type { UsageCounting } from '../src/ports/usage-counting.js';
import type { UsageRecords } from '../src/ports/usage-records.js';
import { InMemoryAuditChain } from './in-memory/in-memory-audit-chain.js';
import { InMemoryConfigs } from './in-memory/in-memory-configs.js';
import { InMemoryKeys } from './in-memory/in-memory-keys.js';
import { InMemoryTenants } from './in-memory/in-memory-tenants.js';
import { InMemoryUsage, type UsedPayment } from './in-memory/in-memory-usage.js';
import { InMemoryUsers } from './in-memory/in-memory-users.js';
import { InMemoryState } from './in-memory/state.js';

/** All ports on one store, as the contract suites ask for it. */
export interface TenancyStore {
  readonly tenants: TenantRepository;
  readonly directory: TenantDirectory;
  readonly keys: ApiKeyRepository;
  readonly keyDirectory: KeyDirectory;
  readonly keyUses: KeyUseLog;
  readonly users: TenantUsers;
  readonly configs: TenantConfigs;
  readonly auditChain: AuditChain;
  readonly unchained: UnchainedTenants;
  readonly usage: UsageRecords;
  readonly usageCounting: UsageCounting;
  /** Makes a payment as if on that day. */
  pay(tenantId: TenantId, payment: UsedPayment): Promise<void>;
}

export type MakeTenancyStore = () => Promise<TenancyStore>;

export class InMemoryTenancy implements TenancyStore {
  readonly state = new InMemoryState();
  readonly tenants = new InMemoryTenants(this.state);
  readonly directory = this.tenants;
  readonly keys = new InMemoryKeys(this.state);
  readonly keyDirectory = this.keys;
  readonly keyUses = this.keys;
  readonly users = new InMemoryUsers(this.state);
  readonly configs = new InMemoryConfigs(this.state);
  readonly auditChain = new InMemoryAuditChain(this.state);
  readonly unchained = this.auditChain;
  readonly usage = new InMemoryUsage(this.state);
  readonly usageCounting = this.usage;

  pay(tenantId: TenantId, payment: UsedPayment): Promise<void> {
    this.usage.pay(tenantId, payment);
    return Promise.resolve();
  }
}
