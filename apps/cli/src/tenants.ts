import type { ListedTenant, Tenant } from '@ferry/tenancy';
import { T } from '@ferry/wiring';
import { Refused, type Engine } from './with-engine.js';

const PAGE = 500;

export async function* allTenants(container: Engine): AsyncGenerator<ListedTenant> {
  const directory = container.get(T.TenantDirectory);
  for (let after: string | undefined; ;) {
    const page = await directory.list(PAGE, after);
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

/** Whose id it is; what a command then says of it is not the silence about a tenant that there is not. */
export async function tenantNamed(container: Engine, id: string): Promise<Tenant> {
  const [tenant] = await container.get(T.TenantRepository).find([id]);
  if (!tenant) throw new Refused(`there is no tenant ${id}`);
  return tenant;
}
