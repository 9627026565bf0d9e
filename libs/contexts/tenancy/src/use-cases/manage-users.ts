import type { Occasion } from '../domain/audit.js';
import { principalOfPerson, type Principal } from '../domain/principal.js';
import { excessOf, isInReach, type Grantor } from '../domain/grantor.js';
import { roles, type Role } from '../domain/scopes.js';
import type { BusinessUnitId, TenantId } from '../domain/tenant.js';
import { isSubject, type TenantUser } from '../domain/tenant-user.js';
import type { TenantRepository } from '../ports/tenant-repository.js';
import type { TenantUsers } from '../ports/tenant-users.js';
import { tell, type Telling } from './telling.js';

/** Who is let in, with what they may do. */
export interface UserGrant {
  readonly subject: string;
  readonly role: Role;
  readonly businessUnitId?: BusinessUnitId | undefined;
}

export type UserGrantFault = 'bad-subject' | 'no-unit' | 'scope-not-held' | 'unit-not-held';
export type LetInOutcome =
  { readonly outcome: 'let-in'; readonly user: TenantUser } | { readonly outcome: 'is-in' | UserGrantFault };
export type ChangeUserOutcome =
  { readonly outcome: 'changed'; readonly user: TenantUser } | { readonly outcome: 'missing' | UserGrantFault };
export type RemoveUserOutcome =
  { readonly outcome: 'let-out'; readonly user: TenantUser } | { readonly outcome: 'missing' };

/** Lets people in, changes what they may do, and lets them out. */
export class ManageUsers {
  constructor(
    private readonly users: TenantUsers,
    private readonly tenants: Pick<TenantRepository, 'units'>,
    private readonly telling: Telling,
  ) {}

  /** Also somebody who was let out, unless of another unit. Who is in already is left as they are: to change them is another wish. */
  async letIn(tenantId: TenantId, grant: UserGrant, grantor: Grantor, occasion: Occasion): Promise<LetInOutcome> {
    const fault = await this.faultOf(tenantId, grant, grantor);
    if (fault) return { outcome: fault };
    const before = (await this.users.find(tenantId, grant.subject))?.user;
    if (before && (!before.removedAt || !isInReach(grantor, before))) return { outcome: 'is-in' };
    const now = this.telling.clock.now();
    const user = { tenantId, ...grant, createdAt: before?.createdAt ?? now };
    await this.store(user, before, 'user.added', now, occasion);
    return { outcome: 'let-in', user };
  }

  /** Gives somebody who is let in another role, or another business unit. */
  async change(tenantId: TenantId, grant: UserGrant, grantor: Grantor, occasion: Occasion): Promise<ChangeUserOutcome> {
    const fault = await this.faultOf(tenantId, grant, grantor);
    if (fault) return { outcome: fault };
    const before = (await this.users.find(tenantId, grant.subject))?.user;
    if (!before || before.removedAt || !isInReach(grantor, before)) return { outcome: 'missing' };
    const user = { tenantId, ...grant, createdAt: before.createdAt };
    await this.store(user, before, 'user.changed', this.telling.clock.now(), occasion);
    return { outcome: 'changed', user };
  }

  /** From the next request on. Whoever may let people in may let anybody out whom they see; twice is no error. */
  async remove(tenantId: TenantId, subject: string, grantor: Grantor, occasion: Occasion): Promise<RemoveUserOutcome> {
    const before = isSubject(subject) ? (await this.users.find(tenantId, subject))?.user : undefined;
    if (!before || !isInReach(grantor, before)) return { outcome: 'missing' };
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

  /** Nobody gives a role that may do more than they may themselves. */
  private async faultOf(
    tenantId: TenantId,
    { subject, role, businessUnitId }: UserGrant,
    grantor: Grantor,
  ): Promise<UserGrantFault | undefined> {
    if (!isSubject(subject)) return 'bad-subject';
    const excess = excessOf(grantor, roles[role], businessUnitId);
    if (excess || businessUnitId === undefined) return excess;
    const units = await this.tenants.units(tenantId);
    return units.some(({ id }) => id === businessUnitId) ? undefined : 'no-unit';
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
