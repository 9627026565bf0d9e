import type { Principal } from '../domain/principal.js';
import type { TenantConfig } from '../domain/tenant-config.js';
import type { RateLimit, RateLimits, Standing } from '../ports/rate-limits.js';
import type { TenantConfigs } from '../ports/tenant-configs.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

type Limits = TenantConfig['limits'];

/** What a request spends beside itself. */
export type Spending = 'payment' | undefined;

/** The limits of a key, of its tenant, and of the tenant's payments; in the order in which they are taken. */
export function limitsOf(principal: Principal, config: Limits, spends: Spending): readonly RateLimit[] {
  const { tenantId, id, requestsPerMinute: ofKey } = principal;
  const { requestsPerMinute: ofTenant, paymentsPerDay } = config;
  const limit = (policy: RateLimit['policy'], max: number | undefined, windowMs: number): RateLimit[] =>
    max === undefined
      ? []
      : [{ name: `${tenantId}:${policy}${policy === 'key' ? `:${id}` : ''}`, policy, max, windowMs }];
  return [
    ...limit('key', ofKey, MINUTE_MS),
    ...limit('tenant', ofTenant, MINUTE_MS),
    ...limit('payments', spends === 'payment' ? paymentsPerDay : undefined, DAY_MS),
  ];
}

/** Holds keys and tenants to their limits. */
export class LimitRequests {
  constructor(
    private readonly rates: RateLimits,
    /** Asked with every request: `HeldConfigs`. */
    private readonly configs: Pick<TenantConfigs, 'load'>,
  ) {}

  /** How the request stands with each of its limits; stops at the first that refuses. Empty when it has none. */
  async admit(principal: Principal, spends: Spending): Promise<readonly Standing[]> {
    const { limits } = (await this.configs.load(principal.tenantId)).config;
    const standings: Standing[] = [];
    for (const limit of limitsOf(principal, limits, spends)) {
      const standing = await this.rates.take(limit);
      standings.push(standing);
      if (!standing.allowed) break;
    }
    return standings;
  }
}
