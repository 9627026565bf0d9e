import { newId } from '@ferry/kernel';
import { makeKey, type ApiKey, type KeyGrant } from '../src/domain/api-key.js';
import { chain, type AuditEntry, type Occasion } from '../src/domain/audit.js';
import { newKeyText, type KeyText } from '../src/domain/key-text.js';
import { defaultUnitOf, makeTenants, type Tenant } from '../src/domain/tenant.js';
import type { TenancyStore } from './tenancy-store.js';

export const AT = new Date('2026-02-28T23:59:30.000Z');
export const somebody: Occasion = {
  actor: { kind: 'operator', id: 'ada' },
  address: '192.0.2.1',
  requestId: 'request-1',
};

let count = 0;
/** An id that no other test uses, short enough to have a twin. */
export const aTenantId = (): string =>
  `t${process.pid.toString(36)}${(count += 1).toString(36)}x${newId().slice(-4)}`.slice(0, 15);

export const anEntry = (tenantId: string, changed: Partial<AuditEntry> = {}): AuditEntry => ({
  ...somebody,
  tenantId,
  id: newId(AT),
  at: AT,
  action: 'key.created',
  subject: 'fk_live_000000000000',
  after: '{"name":"π"}',
  ...changed,
});

export const aKey = (tenant: Tenant, grant: Partial<KeyGrant> = {}, text: KeyText = newKeyText(tenant.mode)): ApiKey =>
  makeKey(tenant, newId(AT), text, { name: 'till', scopes: ['payments:read'], allowedRanges: [], ...grant }, AT);

/** What the audit log of a tenant tells, in the order of its chain. */
export async function toldOf({ auditChain }: TenancyStore, tenantId: string): Promise<readonly AuditEntry[]> {
  while ((await auditChain.extendChain(tenantId, 100, chain)) > 0);
  const links = await auditChain.readChain(tenantId, 100);
  return links.flatMap(({ entry }) => (typeof entry === 'object' ? [entry] : []));
}

/** A tenant and its twin, stored with what tenants begin with, told of by nobody. */
export async function newTenant(store: Pick<TenancyStore, 'tenants'>): Promise<Tenant> {
  const { live, twin } = makeTenants(aTenantId(), 'Shop', AT);
  await store.tenants.add(
    [twin, live].map((tenant) => ({ tenant, units: [defaultUnitOf(tenant)], keys: [], audit: [] })),
  );
  return live;
}
