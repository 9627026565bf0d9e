import type { Principal } from './principal.js';
import { allScopes, type Scope } from './scopes.js';
import type { BusinessUnitId } from './tenant.js';

/** Who gives something away: nobody gives more than they have. A `Principal` is one. */
export type Grantor = Pick<Principal, 'scopes' | 'businessUnitId'>;

/** Somebody at the command line, who could change the database as well. */
export const operatorGrantor: Grantor = { scopes: new Set(allScopes), businessUnitId: undefined };

/** For somebody of a business unit there is nothing of other units, nor of the whole tenant. */
export const isInReach = (
  grantor: Pick<Grantor, 'businessUnitId'>,
  thing: { readonly businessUnitId?: BusinessUnitId | undefined },
): boolean => grantor.businessUnitId === undefined || grantor.businessUnitId === thing.businessUnitId;

/** Whether it may itself what these scopes let. */
export const holdsAll = (grantor: Pick<Grantor, 'scopes'>, scopes: readonly Scope[]): boolean =>
  scopes.every((scope) => grantor.scopes.has(scope));

/** Why the grantor may not let anybody do this, or undefined. */
export function excessOf(
  grantor: Grantor,
  scopes: readonly Scope[],
  businessUnitId: BusinessUnitId | undefined,
): 'scope-not-held' | 'unit-not-held' | undefined {
  if (!holdsAll(grantor, scopes)) return 'scope-not-held';
  return isInReach(grantor, { businessUnitId }) ? undefined : 'unit-not-held';
}
