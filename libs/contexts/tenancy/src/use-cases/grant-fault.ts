import { parseCidr } from '@ferry/kernel';
import type { KeyGrant } from '../domain/api-key.js';
import { excessOf, type Grantor } from '../domain/grantor.js';
import { isName } from '../domain/tenant.js';

export type GrantFault =
  'bad-name' | 'no-scopes' | 'scope-not-held' | 'unit-not-held' | 'expired' | 'bad-range' | 'bad-rate';

const RANGES_MAX = 50;
const RATE_MAX = 1_000_000;

/** Why a key may not be made like this, or undefined. */
export function grantFault(grant: KeyGrant, grantor: Grantor, now: Date): GrantFault | undefined {
  if (!isName(grant.name)) return 'bad-name';
  if (grant.scopes.length === 0) return 'no-scopes';
  const excess = excessOf(grantor, grant.scopes, grant.businessUnitId);
  if (excess) return excess;
  if (grant.expiresAt && grant.expiresAt <= now) return 'expired';
  if (grant.allowedRanges.length > RANGES_MAX || !grant.allowedRanges.every(parseCidr)) return 'bad-range';
  const { requestsPerMinute: rate } = grant;
  if (rate !== undefined && !(Number.isInteger(rate) && rate >= 1 && rate <= RATE_MAX)) return 'bad-rate';
  return undefined;
}
