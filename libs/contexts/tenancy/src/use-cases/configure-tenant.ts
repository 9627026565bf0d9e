import type { JsonValue, Occasion } from '../domain/audit.js';
import { configJson, parseConfig, type ConfigFault } from '../domain/tenant-config.js';
import type { TenantId } from '../domain/tenant.js';
import type { StoredConfig, TenantConfigs } from '../ports/tenant-configs.js';
import { tell, type Telling } from './telling.js';

export type ConfigureOutcome =
  | { readonly outcome: 'saved'; readonly stored: StoredConfig }
  | { readonly outcome: 'conflict'; readonly version: number }
  | { readonly outcome: 'bad-config'; readonly faults: readonly ConfigFault[] };

/** Replaces a tenant's configuration by a whole new version. */
export class ConfigureTenant {
  constructor(
    private readonly configs: TenantConfigs,
    private readonly telling: Telling,
  ) {}

  /** `version`: the one that the caller has seen; another one meanwhile is a conflict. */
  async execute(tenantId: TenantId, json: JsonValue, version: number, occasion: Occasion): Promise<ConfigureOutcome> {
    const result = parseConfig(json);
    if ('faults' in result) return { outcome: 'bad-config', faults: result.faults };
    const before = await this.configs.load(tenantId);
    if (before.version !== version) return { outcome: 'conflict', version: before.version };
    const stored = { config: result.config, version: version + 1 };
    const now = this.telling.clock.now();
    const audit = tell(this.telling.newId, now, occasion, {
      tenantId,
      action: 'config.changed',
      subject: `version ${stored.version}`,
      before: JSON.stringify(configJson(before.config)),
      after: JSON.stringify(configJson(stored.config)),
    });
    if ((await this.configs.save(tenantId, stored, now, [audit])) === 'saved') return { outcome: 'saved', stored };
    return { outcome: 'conflict', version: (await this.configs.load(tenantId)).version };
  }
}
