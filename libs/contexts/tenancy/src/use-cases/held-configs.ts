import { AgingCache, stopwatch, type Stopwatch } from '@ferry/kernel';
import type { TenantId } from '../domain/tenant.js';
import type { StoredConfig, TenantConfigs } from '../ports/tenant-configs.js';

/** How long a change of a tenant's configuration may take to be felt. */
const HOLD_MS = 5_000;
const TENANTS_MAX = 10_000;

interface Held {
  readonly stored: StoredConfig;
  readonly age: Stopwatch;
}

/** Configurations as they were at most 5 s ago, for what asks with every request. Nothing older: while the store is away it rejects. */
export class HeldConfigs implements Pick<TenantConfigs, 'load'> {
  private readonly held = new AgingCache<Held>(TENANTS_MAX, HOLD_MS);
  private readonly asked = new Map<TenantId, Promise<StoredConfig>>();

  constructor(private readonly configs: Pick<TenantConfigs, 'load'>) {}

  /** Those who ask at once share one question. */
  async load(tenantId: TenantId): Promise<StoredConfig> {
    const held = this.held.get(tenantId);
    if (held) return held.stored;
    const asked = this.asked.get(tenantId) ?? this.ask(tenantId).finally(() => this.asked.delete(tenantId));
    this.asked.set(tenantId, asked);
    return asked;
  }

  private async ask(tenantId: TenantId): Promise<StoredConfig> {
    const age = stopwatch();
    const stored = await this.configs.load(tenantId);
    this.held.set(tenantId, { stored, age });
    return stored;
  }
}
