import type { AuditEntry } from '../../src/domain/audit.js';
import { defaultConfig } from '../../src/domain/tenant-config.js';
import { withoutSeal, type ListedSecret, type TenantSecret } from '../../src/domain/tenant-secret.js';
import type { TenantId } from '../../src/domain/tenant.js';
import type { SealedText } from '../../src/ports/secret-box.js';
import type { StoredConfig, TenantConfigs } from '../../src/ports/tenant-configs.js';
import { byId, copyOf, type InMemoryState } from './state.js';

export class InMemoryConfigs implements TenantConfigs {
  constructor(private readonly state: InMemoryState) {}

  async load(tenantId: TenantId): Promise<StoredConfig> {
    return copyOf((await this.state.of(tenantId))?.configs.at(-1)) ?? { config: defaultConfig, version: 0 };
  }

  async save(
    tenantId: TenantId,
    stored: StoredConfig,
    _at: Date,
    audit: readonly AuditEntry[],
  ): Promise<'saved' | 'conflict'> {
    const rows = await this.state.existing(tenantId);
    if (stored.version !== rows.configs.length + 1) return 'conflict';
    rows.configs.push(copyOf(stored));
    rows.tell(audit);
    return 'saved';
  }

  async addSecret(secret: TenantSecret, othersEndAt: Date, audit: readonly AuditEntry[]): Promise<void> {
    const rows = await this.state.existing(secret.tenantId);
    const ended = rows.secrets.map((one) =>
      one.name === secret.name && (!one.expiresAt || one.expiresAt > othersEndAt)
        ? { ...one, expiresAt: othersEndAt }
        : one,
    );
    rows.secrets = [...ended, copyOf(secret)];
    rows.tell(audit);
  }

  async secrets(tenantId: TenantId, name: string, now: Date): Promise<readonly TenantSecret[]> {
    const rows = await this.state.of(tenantId);
    const valid = (rows?.secrets ?? []).filter((one) => one.name === name && isValid(one, now));
    return copyOf(valid.sort((a, b) => (a.id < b.id ? 1 : -1)));
  }

  async listSecrets(tenantId: TenantId, now: Date, limit: number, after = ''): Promise<readonly ListedSecret[]> {
    const rows = await this.state.of(tenantId);
    const valid = (rows?.secrets ?? []).filter((one) => one.id > after && isValid(one, now)).sort(byId);
    return copyOf(valid.slice(0, limit).map(withoutSeal));
  }

  async endSecret(
    tenantId: TenantId,
    id: string,
    at: Date,
    tell: (secret: ListedSecret) => readonly AuditEntry[],
  ): Promise<'ended' | 'missing'> {
    const rows = await this.state.of(tenantId);
    const secret = rows?.secrets.find((one) => one.id === id && isValid(one, at));
    if (!rows || !secret) return 'missing';
    const ended = { ...secret, expiresAt: at, sealed: { ...secret.sealed, box: '' } };
    rows.secrets = rows.secrets.map((one) => (one === secret ? ended : one));
    rows.tell(tell(withoutSeal(secret)));
    return 'ended';
  }

  async sealedOtherwise(tenantId: TenantId, keyId: string, limit: number): Promise<readonly TenantSecret[]> {
    const rows = await this.state.of(tenantId);
    return copyOf(
      (rows?.secrets ?? []).filter(({ sealed }) => sealed.box !== '' && sealed.keyId !== keyId).slice(0, limit),
    );
  }

  async reseal(
    tenantId: TenantId,
    seals: readonly { readonly id: string; readonly from: SealedText; readonly to: SealedText }[],
    audit: readonly AuditEntry[],
  ): Promise<number> {
    const rows = await this.state.existing(tenantId);
    let changed = 0;
    rows.secrets = rows.secrets.map((secret) => {
      const seal = seals.find(({ id, from }) => id === secret.id && from.box === secret.sealed.box);
      changed += seal ? 1 : 0;
      return seal ? { ...secret, sealed: seal.to } : secret;
    });
    if (changed > 0) rows.tell(audit);
    return changed;
  }
}

const isValid = ({ expiresAt }: TenantSecret, now: Date): boolean => !expiresAt || expiresAt > now;
