import { stopwatch, type Stopwatch } from '@ferry/kernel';
import type { Principal } from '../domain/principal.js';
import type { TenantConfig } from '../domain/tenant-config.js';
import type { TenantId } from '../domain/tenant.js';
import type { RateLimit, RateLimits, Standing } from '../ports/rate-limits.js';
import type { TenantConfigs } from '../ports/tenant-configs.js';
import { AgingCache } from './aging-cache.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How long a change of a tenant's limits may take to be felt. */
const CONFIG_HOLD_MS = 5_000;
const CONFIGS_MAX = 10_000;

type Limits = TenantConfig['limits'];

interface Held {
  readonly limits: Limits;
  readonly age: Stopwatch;
}

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
  private readonly held = new AgingCache<Held>(CONFIGS_MAX, CONFIG_HOLD_MS);
  private readonly asked = new Map<TenantId, Promise<Held>>();

  constructor(
    private readonly rates: RateLimits,
    private readonly configs: Pick<TenantConfigs, 'load'>,
  ) {}

  /** How the request stands with each of its limits; stops at the first that refuses. Empty when it has none. */
  async admit(principal: Principal, spends: Spending): Promise<readonly Standing[]> {
    const { limits } = this.held.get(principal.tenantId) ?? (await this.load(principal.tenantId));
    const standings: Standing[] = [];
    for (const limit of limitsOf(principal, limits, spends)) {
      const standing = await this.rates.take(limit);
      standings.push(standing);
      if (!standing.allowed) break;
    }
    return standings;
  }

  private load(tenantId: TenantId): Promise<Held> {
    const asked = this.asked.get(tenantId) ?? this.ask(tenantId).finally(() => this.asked.delete(tenantId));
    this.asked.set(tenantId, asked);
    return asked;
  }

  private async ask(tenantId: TenantId): Promise<Held> {
    const age = stopwatch();
    const held = { limits: (await this.configs.load(tenantId)).config.limits, age };
    this.held.set(tenantId, held);
    return held;
  }
}
