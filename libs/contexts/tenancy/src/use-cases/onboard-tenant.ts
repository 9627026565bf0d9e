import { makeKey, type ApiKey } from '../domain/api-key.js';
import { auditedKey, auditedTenant, type Occasion } from '../domain/audit.js';
import { formatKeyText, newKeyText } from '../domain/key-text.js';
import { tenantScopes, type Scope } from '../domain/scopes.js';
import { defaultUnitOf, isLiveTenantId, isName, makeTenants, type Tenant, type TenantId } from '../domain/tenant.js';
import type { TenantAddition, TenantRepository } from '../ports/tenant-repository.js';
import { tell, type Telling } from './telling.js';

export type OnboardOutcome =
  | {
      readonly outcome: 'onboarded';
      readonly tenant: Tenant;
      readonly twin: Tenant;
      readonly key: ApiKey;
      /** Shown once, kept nowhere. */
      readonly secretKey: string;
    }
  | { readonly outcome: 'exists' | 'bad-id' | 'bad-name' };

/**
 * Makes a tenant that can work at once: with its sandbox twin, a business unit in each, and one live key that may do all that a
 * tenant may do.
 */
export class OnboardTenant {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly telling: Telling,
  ) {}

  /** `extraScopes`: for the tenant of those who run Ferry. */
  async execute(
    id: TenantId,
    name: string,
    occasion: Occasion,
    extraScopes: readonly Scope[] = [],
  ): Promise<OnboardOutcome> {
    if (!isLiveTenantId(id)) return { outcome: 'bad-id' };
    if (!isName(name)) return { outcome: 'bad-name' };
    const now = this.telling.clock.now();
    const { live, twin } = makeTenants(id, name, now);
    const text = newKeyText('live');
    const scopes = [...new Set([...tenantScopes, ...extraScopes])];
    const key = makeKey(live, this.telling.newId(now), text, { name: 'first', scopes, allowedRanges: [] }, now);
    // The twin first: a crash in between leaves a twin, which the next try takes for its own. The live tenant is what makes it so.
    await this.tenants.add([this.addition(twin, [], occasion)]);
    const [outcome] = await this.tenants.add([this.addition(live, [key], occasion)]);
    if (outcome !== 'added') return { outcome: 'exists' };
    return { outcome: 'onboarded', tenant: live, twin, key, secretKey: formatKeyText(text) };
  }

  private addition(tenant: Tenant, keys: readonly ApiKey[], occasion: Occasion): TenantAddition {
    const told = { tenantId: tenant.id };
    const entries = [
      { ...told, action: 'tenant.created' as const, subject: tenant.id, after: auditedTenant(tenant) },
      ...keys.map((key) => ({
        ...told,
        action: 'key.created' as const,
        subject: key.prefix,
        after: auditedKey(key),
      })),
    ];
    return {
      tenant,
      units: [defaultUnitOf(tenant)],
      keys,
      audit: entries.map((entry) => tell(this.telling.newId, tenant.createdAt, occasion, entry)),
    };
  }
}
