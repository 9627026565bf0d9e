import { apiKeysContract } from '../testing/api-keys.contract.js';
import { auditChainContract } from '../testing/audit-chain.contract.js';
import { InMemorySecretBox } from '../testing/in-memory/in-memory-secret-box.js';
import { secretBoxContract } from '../testing/secret-box.contract.js';
import { InMemoryTenancy, type TenancyStore } from '../testing/tenancy-store.js';
import { tenantConfigsContract } from '../testing/tenant-configs.contract.js';
import { tenantRepositoryContract } from '../testing/tenant-repository.contract.js';
import { tenantUsersContract } from '../testing/tenant-users.contract.js';
import { usageRecordsContract } from '../testing/usage-records.contract.js';

const make = (): Promise<TenancyStore> => Promise.resolve(new InMemoryTenancy());

tenantRepositoryContract('InMemoryTenancy', make);
apiKeysContract('InMemoryTenancy', make);
tenantConfigsContract('InMemoryTenancy', make);
tenantUsersContract('InMemoryTenancy', make);
auditChainContract('InMemoryTenancy', make);
usageRecordsContract('InMemoryTenancy', make);
secretBoxContract('InMemorySecretBox', (keyId) => new InMemorySecretBox(keyId));
