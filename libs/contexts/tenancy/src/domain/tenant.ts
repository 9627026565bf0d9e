import { assert } from './assert.js';

export type TenantId = string;
export type BusinessUnitId = string;

export const tenantStatuses = ['ACTIVE', 'SUSPENDED'] as const;
/** A suspended tenant can read and cannot create; see `authorise`. */
export type TenantStatus = (typeof tenantStatuses)[number];

export const tenantModes = ['live', 'test'] as const;
export type TenantMode = (typeof tenantModes)[number];

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  readonly status: TenantStatus;
  readonly mode: TenantMode;
  /** The tenant of the other mode: test and live data are kept apart as those of any two tenants. */
  readonly twinId?: TenantId | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface BusinessUnit {
  readonly tenantId: TenantId;
  readonly id: BusinessUnitId;
  readonly name: string;
  readonly createdAt: Date;
}

/** The unit that every tenant begins with. */
export const DEFAULT_UNIT: BusinessUnitId = 'default';
const TWIN_SUFFIX = '-test';
const TWIN_NAME_SUFFIX = ' (test)';

/** Shorter than the column, so that the twin's id fits into it. */
export const isLiveTenantId = (id: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,14}$/.test(id) && !id.endsWith(TWIN_SUFFIX);
export const isBusinessUnitId = (id: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/.test(id);
const NAME_LENGTH = 100;
export const isName = (name: string): boolean => name.trim() === name && name.length >= 1 && name.length <= NAME_LENGTH;

export const twinIdOf = (id: TenantId): TenantId => `${id}${TWIN_SUFFIX}`;

/** A long name is cut, so that the twin's is not too long. */
const twinNameOf = (name: string): string =>
  `${name.slice(0, NAME_LENGTH - TWIN_NAME_SUFFIX.length).toWellFormed()}${TWIN_NAME_SUFFIX}`;

/** A live tenant and its sandbox twin. */
export function makeTenants(id: TenantId, name: string, now: Date): { readonly live: Tenant; readonly twin: Tenant } {
  assert(isLiveTenantId(id), `${id} may be the id of a live tenant`);
  assert(isName(name), 'a tenant has a name');
  const made = { status: 'ACTIVE', createdAt: now, updatedAt: now } as const;
  return {
    live: { ...made, id, name, mode: 'live', twinId: twinIdOf(id) },
    twin: { ...made, id: twinIdOf(id), name: twinNameOf(name), mode: 'test', twinId: id },
  };
}

export const defaultUnitOf = ({ id, createdAt }: Tenant): BusinessUnit => ({
  tenantId: id,
  id: DEFAULT_UNIT,
  name: 'Default',
  createdAt,
});

/** Undefined when it has this status already. */
export const withStatus = (tenant: Tenant, status: TenantStatus, now: Date): Tenant | undefined =>
  tenant.status === status ? undefined : { ...tenant, status, updatedAt: now };
