import type { Occasion } from '../domain/audit.js';
import { principalOfPerson, type Principal } from '../domain/principal.js';
import { excessOf, type Grantor } from '../domain/grantor.js';
import { roles, type Role } from '../domain/scopes.js';
import type { BusinessUnitId, TenantId } from '../domain/tenant.js';
import type { TenantUser } from '../domain/tenant-user.js';
import type { TenantUsers } from '../ports/tenant-users.js';
import { tell, type Telling } from './telling.js';

const SUBJECT_LENGTH_MAX = 255;

export type PutUserOutcome =
  | { readonly outcome: 'put'; readonly user: TenantUser }
  | { readonly outcome: 'bad-subject' | 'scope-not-held' | 'unit-not-held' };

/** Lets people in, changes what they may do, and lets them out. */
export class ManageUsers {
  constructor(
    private readonly users: TenantUsers,
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
    if (subject.length === 0 || subject.length > SUBJECT_LENGTH_MAX) return { outcome: 'bad-subject' };
    const excess = excessOf(grantor, roles[role], businessUnitId);
    if (excess) return { outcome: excess };
    const now = this.telling.clock.now();
    const before = (await this.users.find(tenantId, subject))?.user;
    const user = { tenantId, subject, role, businessUnitId, createdAt: before?.createdAt ?? now };
    await this.store(user, before, before ? 'user.changed' : 'user.added', now, occasion);
    return { outcome: 'put', user };
  }

  async remove(tenantId: TenantId, subject: string, occasion: Occasion): Promise<'removed' | 'missing'> {
    const before = (await this.users.find(tenantId, subject))?.user;
    if (!before) return 'missing';
    const now = this.telling.clock.now();
    if (!before.removedAt) await this.store({ ...before, removedAt: now }, before, 'user.removed', now, occasion);
    return 'removed';
  }

  /** Of somebody whose token was found genuine and names this tenant. Undefined: their tenant does not let them in. */
  async principalOf(tenantId: TenantId, subject: string): Promise<Principal | undefined> {
    const found = await this.users.find(tenantId, subject);
    return found && !found.user.removedAt ? principalOfPerson(found.user, found.tenant) : undefined;
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
