import type { Occasion } from '../domain/audit.js';
import { principalOfPerson, type Principal } from '../domain/principal.js';
import { excessOf, type Grantor } from '../domain/grantor.js';
import { roles, type Role } from '../domain/scopes.js';
import type { BusinessUnitId, TenantId } from '../domain/tenant.js';
import { isSubject, type TenantUser } from '../domain/tenant-user.js';
import type { TenantRepository } from '../ports/tenant-repository.js';
import type { TenantUsers } from '../ports/tenant-users.js';
import { tell, type Telling } from './telling.js';

export type PutUserOutcome =
  | { readonly outcome: 'let-in' | 'changed'; readonly user: TenantUser }
  | { readonly outcome: 'bad-subject' | 'no-unit' | 'scope-not-held' | 'unit-not-held' };
export type RemoveUserOutcome =
  { readonly outcome: 'let-out'; readonly user: TenantUser } | { readonly outcome: 'missing' };

/** Lets people in, changes what they may do, and lets them out. */
export class ManageUsers {
  constructor(
    private readonly users: TenantUsers,
    private readonly tenants: Pick<TenantRepository, 'units'>,
    private readonly telling: Telling,
  ) {}

  /** Nobody gives a role that may do more than they may themselves. */
  async put(
    tenantId: TenantId,
    subject: string,
    role: Role,
    grantor: Grantor,
    occasion: Occasion,
    businessUnitId?: BusinessUnitId,
  ): Promise<PutUserOutcome> {
    if (!isSubject(subject)) return { outcome: 'bad-subject' };
    const excess = excessOf(grantor, roles[role], businessUnitId);
    if (excess) return { outcome: excess };
    if (businessUnitId !== undefined && !(await this.hasUnit(tenantId, businessUnitId))) return { outcome: 'no-unit' };
    const now = this.telling.clock.now();
    const before = (await this.users.find(tenantId, subject))?.user;
    const user = { tenantId, subject, role, businessUnitId, createdAt: before?.createdAt ?? now };
    const known = before !== undefined && !before.removedAt;
    await this.store(user, before, known ? 'user.changed' : 'user.added', now, occasion);
    return { outcome: known ? 'changed' : 'let-in', user };
  }

  /** From the next request on. Whoever may let people in may let anybody out; twice is no error. */
  async remove(tenantId: TenantId, subject: string, occasion: Occasion): Promise<RemoveUserOutcome> {
    const before = isSubject(subject) ? (await this.users.find(tenantId, subject))?.user : undefined;
    if (!before) return { outcome: 'missing' };
    if (before.removedAt) return { outcome: 'let-out', user: before };
    const now = this.telling.clock.now();
    const user = { ...before, removedAt: now };
    await this.store(user, before, 'user.removed', now, occasion);
    return { outcome: 'let-out', user };
  }

  /** Of somebody whose token was found genuine and names this tenant. Undefined: their tenant does not let them in. */
  async principalOf(tenantId: TenantId, subject: string): Promise<Principal | undefined> {
    const found = await this.users.find(tenantId, subject);
    return found && !found.user.removedAt ? principalOfPerson(found.user, found.tenant) : undefined;
  }

  private async hasUnit(tenantId: TenantId, unitId: BusinessUnitId): Promise<boolean> {
    return (await this.tenants.units(tenantId)).some(({ id }) => id === unitId);
  }

  private store(
    user: TenantUser,
    before: TenantUser | undefined,
    action: 'user.added' | 'user.changed' | 'user.removed',
    now: Date,
    occasion: Occasion,
  ): Promise<void> {
    const told = { tenantId: user.tenantId, action, subject: user.subject, after: audited(user) };
    const entry = tell(this.telling.newId, now, occasion, { ...told, before: before && audited(before) });
    return this.users.put(user, [entry]);
  }
}

const audited = ({ role, businessUnitId, removedAt }: TenantUser): string =>
  JSON.stringify({ role, businessUnitId, removedAt });
