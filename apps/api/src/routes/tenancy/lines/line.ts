import type { TenantRoute } from '../../../http/route.js';
import { NoBody } from '../dto.js';

/** What the table of routes has beside what all routes of tenancy have alike. */
export type Line = Omit<TenantRoute, 'for' | 'tag'>;

/** A body that may be left out, and has nothing in it. */
export const empty = { dto: NoBody, required: false, examples: { empty: {} } };
