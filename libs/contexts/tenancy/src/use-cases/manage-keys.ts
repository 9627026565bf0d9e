import { isUsable, makeKey, revokeKey, rotateKey, type ApiKey, type KeyGrant } from '../domain/api-key.js';
import { auditedKey, type Occasion } from '../domain/audit.js';
import { formatKeyText, newKeyText } from '../domain/key-text.js';
import { holdsAll, isInReach, type Grantor } from '../domain/grantor.js';
import type { Tenant, TenantId, TenantMode } from '../domain/tenant.js';
import type { ApiKeyRepository, KeyChange } from '../ports/api-key-repository.js';
import type { TenantRepository } from '../ports/tenant-repository.js';
import { grantFault, type GrantFault } from './grant-fault.js';
import { tell, type Telling } from './telling.js';

export interface MadeKey {
  readonly outcome: 'made';
  readonly key: ApiKey;
  /** Shown once, kept nowhere. */
  readonly secretKey: string;
}

export type CreateKeyOutcome =
  MadeKey | { readonly outcome: 'no-tenant' | 'no-twin' | 'live-key-from-test' | 'no-unit' | GrantFault };
export type RotateKeyOutcome =
  | MadeKey
  | {
      readonly outcome: 'missing' | 'not-valid' | 'rotated-before' | 'scope-not-held';
    };
export type RevokeKeyOutcome = { readonly outcome: 'revoked'; readonly key: ApiKey } | { readonly outcome: 'missing' };

export interface KeyRequest extends KeyGrant {
  readonly mode: TenantMode;
}

/** 60 random bits collide once in a blue moon; three times in a row means that the generator is broken. */
const TRIES_MAX = 3;

/** Makes, rotates and revokes keys. The whole key is in the answer and nowhere else. */
export class ManageKeys {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly keys: ApiKeyRepository,
    private readonly telling: Telling,
  ) {}

  /**
   * A test key belongs to the twin; a test tenant makes no live keys, or a leaked test key would open the live side.
   */
  async create(
    tenantId: TenantId,
    { mode, ...grant }: KeyRequest,
    grantor: Grantor,
    occasion: Occasion,
  ): Promise<CreateKeyOutcome> {
    const now = this.telling.clock.now();
    const fault = grantFault(grant, grantor, now);
    if (fault) return { outcome: fault };
    const found = await this.tenantOfMode(tenantId, mode);
    if (typeof found === 'string') return { outcome: found };
    if (grant.businessUnitId !== undefined && !(await this.hasUnit(found, grant.businessUnitId)))
      return { outcome: 'no-unit' };
    for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
      const text = newKeyText(mode);
      const key = makeKey(found, this.telling.newId(now), text, grant, now);
      const told = { tenantId: key.tenantId, action: 'key.created' as const, subject: key.prefix };
      const audit = [tell(this.telling.newId, now, occasion, { ...told, after: auditedKey(key) })];
      if ((await this.keys.add(key.tenantId, [key], audit)) === 'added')
        return { outcome: 'made', key, secretKey: formatKeyText(text) };
    }
    throw new Error('three new keys in a row had a prefix that is taken');
  }

  /** Both keys are valid until the overlap ends. */
  async rotate(
    tenantId: TenantId,
    id: string,
    overlapMs: number,
    grantor: Grantor,
    occasion: Occasion,
  ): Promise<RotateKeyOutcome> {
    const [existing] = await this.keys.find(tenantId, [id]);
    if (!existing || !isInReach(grantor, existing)) return { outcome: 'missing' };
    // Whoever rotates a key is given its secret.
    if (!holdsAll(grantor, existing.scopes)) return { outcome: 'scope-not-held' };
    const [tenant] = await this.tenants.find([tenantId]);
    if (!tenant) return { outcome: 'missing' };
    const { clock, newId } = this.telling;
    const text = newKeyText(tenant.mode);
    const result = await this.keys.change(tenantId, id, (key): KeyChange | undefined => {
      const now = clock.now();
      if (!isUsable(key, now) || key.replacedBy) return undefined;
      const { old, fresh } = rotateKey(tenant, key, newId(now), text, now, new Date(now.getTime() + overlapMs));
      const told = { tenantId, action: 'key.rotated' as const, subject: old.prefix, before: auditedKey(key) };
      return { key: old, added: fresh, audit: [tell(newId, now, occasion, { ...told, after: auditedKey(fresh) })] };
    });
    if (result.outcome === 'missing') return { outcome: 'missing' };
    if (result.outcome === 'unchanged') return { outcome: result.key.replacedBy ? 'rotated-before' : 'not-valid' };
    const [fresh] = await this.keys.find(tenantId, [result.key.replacedBy as string]);
    return { outcome: 'made', key: fresh as ApiKey, secretKey: formatKeyText(text) };
  }

  /** Effective everywhere within a second. Revoking twice is no error. */
  async revoke(tenantId: TenantId, id: string, grantor: Grantor, occasion: Occasion): Promise<RevokeKeyOutcome> {
    const [existing] = await this.keys.find(tenantId, [id]);
    if (!existing || !isInReach(grantor, existing)) return { outcome: 'missing' };
    const { clock, newId } = this.telling;
    const result = await this.keys.change(tenantId, id, (before) => {
      if (before.revokedAt) return undefined;
      const now = clock.now();
      const key = revokeKey(before, now);
      const told = { tenantId, action: 'key.revoked' as const, subject: key.prefix, before: auditedKey(before) };
      return { key, audit: [tell(newId, now, occasion, { ...told, after: auditedKey(key) })] };
    });
    return result.outcome === 'missing' ? result : { outcome: 'revoked', key: result.key };
  }

  private async tenantOfMode(
    id: TenantId,
    mode: TenantMode,
  ): Promise<Tenant | 'no-tenant' | 'no-twin' | 'live-key-from-test'> {
    const [tenant] = await this.tenants.find([id]);
    if (!tenant) return 'no-tenant';
    if (tenant.mode === mode) return tenant;
    if (tenant.mode === 'test') return 'live-key-from-test';
    const [twin] = tenant.twinId ? await this.tenants.find([tenant.twinId]) : [];
    return twin ?? 'no-twin';
  }

  private async hasUnit(tenant: Tenant, unitId: string): Promise<boolean> {
    return (await this.tenants.units(tenant.id)).some(({ id }) => id === unitId);
  }
}
