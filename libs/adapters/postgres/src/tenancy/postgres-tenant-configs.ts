import { isoTime } from '@ferry/kernel';
import {
  configJson,
  defaultConfig,
  parseConfig,
  withoutSeal,
  type AuditEntry,
  type JsonValue,
  type ListedSecret,
  type SealedText,
  type StoredConfig,
  type TenantConfigs,
  type TenantId,
  type TenantSecret,
} from '@ferry/tenancy';
import type { Database } from '../database.js';
import { tell } from './tell.js';

interface SecretRow {
  config_key: string;
  config_value: string;
  encryption_key_id: string;
  created_at: Date;
  expires_at: Date | null;
}

const SETTINGS = 'settings';
/** `secret/<name>/<id>`: an id is 36 characters long. */
const nameKey = (name: string): string => `secret/${name}`;
const secretKey = ({ name, id }: Pick<TenantSecret, 'name' | 'id'>): string => `${nameKey(name)}/${id}`;
const secretColumns = 'config_key, config_value, encryption_key_id, created_at, expires_at';

const secretOf = (tenantId: TenantId, row: SecretRow): TenantSecret => ({
  tenantId,
  id: row.config_key.slice(-36),
  name: row.config_key.slice(nameKey('').length, -37),
  sealed: { keyId: row.encryption_key_id, box: row.config_value },
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
});

export class PostgresTenantConfigs implements TenantConfigs {
  constructor(private readonly database: Database) {}

  async load(tenantId: TenantId): Promise<StoredConfig> {
    const [row] = await this.database.tenant(tenantId, (session) =>
      session.rows<{ version: number; config_value: string }>({
        name: 'config-load',
        text: `select version, config_value from tenancy.tenant_configs where tenant_id = $1 and config_key = '${SETTINGS}'
          order by version desc limit 1`,
        values: [tenantId],
      }),
    );
    if (!row) return { config: defaultConfig, version: 0 };
    const result = parseConfig(JSON.parse(row.config_value) as JsonValue);
    if ('faults' in result)
      throw new Error(`the configuration of ${tenantId} is not one: ${JSON.stringify(result.faults)}`);
    return { config: result.config, version: row.version };
  }

  save(
    tenantId: TenantId,
    { config, version }: StoredConfig,
    at: Date,
    audit: readonly AuditEntry[],
  ): Promise<'saved' | 'conflict'> {
    return this.database.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        // Behind the version before it only: a number that is skipped would let two writers both win.
        text: `insert into tenancy.tenant_configs (tenant_id, config_key, version, config_value, is_encrypted, created_at)
          select h.tenant_id, '${SETTINGS}', $2::integer, $3, false, $4::timestamptz from tenancy.tenant_home h
          where h.tenant_id = $1 and ($2 = 1 or exists (select from tenancy.tenant_configs c
            where c.tenant_id = $1 and c.config_key = '${SETTINGS}' and c.version = $2 - 1))
          on conflict (tenant_id, config_key, version) do nothing`,
        values: [tenantId, version, JSON.stringify(configJson(config)), isoTime(at)],
      });
      if (rowCount === 0) return 'conflict';
      await tell(session, tenantId, audit);
      return 'saved';
    });
  }

  async addSecret(secret: TenantSecret, othersEndAt: Date, audit: readonly AuditEntry[]): Promise<void> {
    const { tenantId, name, sealed, createdAt, expiresAt } = secret;
    await this.database.tenant(tenantId, async (session) => {
      session.send({
        text: `update tenancy.tenant_configs set expires_at = $3
          where tenant_id = $1 and is_encrypted and left(config_key, -37) = $2 and (expires_at is null or expires_at > $3)`,
        values: [tenantId, nameKey(name), isoTime(othersEndAt)],
      });
      session.send({
        text: `insert into tenancy.tenant_configs
            (tenant_id, config_key, version, config_value, is_encrypted, encryption_key_id, created_at, expires_at)
          values ($1, $2, 1, $3, true, $4, $5, $6)`,
        values: [
          tenantId,
          secretKey(secret),
          sealed.box,
          sealed.keyId,
          isoTime(createdAt),
          expiresAt ? isoTime(expiresAt) : null,
        ],
      });
      await tell(session, tenantId, audit);
    });
  }

  secrets(tenantId: TenantId, name: string, now: Date): Promise<readonly TenantSecret[]> {
    return this.secretRows(
      tenantId,
      'left(config_key, -37) = $2 and (expires_at is null or expires_at > $3) order by config_key desc',
      nameKey(name),
      isoTime(now),
    );
  }

  async listSecrets(tenantId: TenantId, now: Date, limit: number, after = ''): Promise<readonly ListedSecret[]> {
    const secrets = await this.secretRows(
      tenantId,
      `(expires_at is null or expires_at > $2) and right(config_key, 36) collate "C" > $3
        order by right(config_key, 36) collate "C" limit $4`,
      isoTime(now),
      after,
      limit,
    );
    return secrets.map(withoutSeal);
  }

  endSecret(
    tenantId: TenantId,
    id: string,
    at: Date,
    told: (secret: ListedSecret) => readonly AuditEntry[],
  ): Promise<'ended' | 'missing'> {
    return this.database.tenant(tenantId, async (session) => {
      const [row] = await session.rows<SecretRow>({
        text: `update tenancy.tenant_configs set expires_at = $3, config_value = ''
          where tenant_id = $1 and is_encrypted and right(config_key, 36) = $2 and (expires_at is null or expires_at > $3)
          returning ${secretColumns}`,
        values: [tenantId, id, isoTime(at)],
      });
      if (!row) return 'missing';
      await tell(session, tenantId, told(withoutSeal(secretOf(tenantId, row))));
      return 'ended';
    });
  }

  sealedOtherwise(tenantId: TenantId, keyId: string, limit: number): Promise<readonly TenantSecret[]> {
    const condition = `encryption_key_id <> $2 and config_value <> '' order by config_key limit $3`;
    return this.secretRows(tenantId, condition, keyId, limit);
  }

  reseal(
    tenantId: TenantId,
    seals: readonly { readonly id: string; readonly from: SealedText; readonly to: SealedText }[],
    audit: readonly AuditEntry[],
  ): Promise<number> {
    return this.database.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        text: `update tenancy.tenant_configs c set config_value = u.box, encryption_key_id = u.key_id
          from unnest($2::varchar[], $3::text[], $4::text[], $5::varchar[]) as u(id, old_box, box, key_id)
          where c.tenant_id = $1 and c.is_encrypted and right(c.config_key, 36) = u.id and c.config_value = u.old_box`,
        values: [
          tenantId,
          seals.map(({ id }) => id),
          seals.map(({ from }) => from.box),
          seals.map(({ to }) => to.box),
          seals.map(({ to }) => to.keyId),
        ],
      });
      if (rowCount) await tell(session, tenantId, audit);
      return rowCount ?? 0;
    });
  }

  private async secretRows(
    tenantId: TenantId,
    condition: string,
    ...values: unknown[]
  ): Promise<readonly TenantSecret[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<SecretRow>({
        text: `select ${secretColumns} from tenancy.tenant_configs where tenant_id = $1 and is_encrypted and ${condition}`,
        values: [tenantId, ...values],
      }),
    );
    return rows.map((row) => secretOf(tenantId, row));
  }
}
