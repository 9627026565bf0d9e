import type { Occasion } from '../domain/audit.js';
import { isSecretName, secretContext, type ListedSecret, type TenantSecret } from '../domain/tenant-secret.js';
import type { TenantId } from '../domain/tenant.js';
import type { SecretBox } from '../ports/secret-box.js';
import type { TenantConfigs } from '../ports/tenant-configs.js';
import { tell, type Telling } from './telling.js';

/** Longest text that is kept as a secret. */
const SECRET_LENGTH_MAX = 4_096;
/** Secrets sealed anew in one transaction. */
const RESEAL_BATCH = 100;

export type AddSecretOutcome =
  | { readonly outcome: 'added'; readonly secret: TenantSecret }
  | { readonly outcome: 'bad-name' | 'bad-secret' | 'no-keys' };
export type RemoveSecretOutcome =
  { readonly outcome: 'removed'; readonly secret: ListedSecret } | { readonly outcome: 'missing' };

/** Keeps secrets that Ferry must be able to read again, sealed. */
export class KeepSecrets {
  constructor(
    private readonly configs: TenantConfigs,
    private readonly box: SecretBox,
    private readonly telling: Telling,
  ) {}

  /** The newest of its name; the one before stays valid for `overlapMs`, so that the other side can follow. */
  async add(
    tenantId: TenantId,
    name: string,
    text: string,
    overlapMs: number,
    occasion: Occasion,
  ): Promise<AddSecretOutcome> {
    if (!isSecretName(name)) return { outcome: 'bad-name' };
    if (text.length === 0 || text.length > SECRET_LENGTH_MAX) return { outcome: 'bad-secret' };
    if (this.box.keyId === undefined) return { outcome: 'no-keys' };
    const { clock, newId } = this.telling;
    const now = clock.now();
    const id = newId(now);
    const [sealed] = await this.box.seal([{ text, context: secretContext({ tenantId, id, name }) }]);
    const secret: TenantSecret = { tenantId, id, name, sealed: sealed as NonNullable<typeof sealed>, createdAt: now };
    const told = { tenantId, action: 'secret.added' as const, subject: name, after: JSON.stringify({ id }) };
    const audit = [tell(newId, now, occasion, told)];
    await this.configs.addSecret(secret, new Date(now.getTime() + overlapMs), audit);
    return { outcome: 'added', secret };
  }

  /** Effective at once; what was sealed is overwritten. */
  async remove(tenantId: TenantId, id: string, occasion: Occasion): Promise<RemoveSecretOutcome> {
    const { clock, newId } = this.telling;
    const now = clock.now();
    let removed: ListedSecret | undefined;
    await this.configs.endSecret(tenantId, id, now, (secret) => {
      removed = { ...secret, expiresAt: now };
      const told = {
        tenantId,
        action: 'secret.removed' as const,
        subject: secret.name,
        before: JSON.stringify({ id }),
      };
      return [tell(newId, now, occasion, told)];
    });
    return removed ? { outcome: 'removed', secret: removed } : { outcome: 'missing' };
  }

  /** Valid ones of all names, oldest first, those after `after`: names and times, never what they are. */
  list(tenantId: TenantId, limit: number, after?: string): Promise<readonly ListedSecret[]> {
    return this.configs.listSecrets(tenantId, this.telling.clock.now(), limit, after);
  }

  /** Valid ones of this name, newest first: a signature by any of them counts. */
  async open(tenantId: TenantId, name: string): Promise<readonly string[]> {
    const secrets = await this.configs.secrets(tenantId, name, this.telling.clock.now());
    return this.box.open(secrets.map((secret) => ({ sealed: secret.sealed, context: secretContext(secret) })));
  }

  /** Seals with today's key what another one sealed; answers how many. Whatever cannot be opened stops it: nothing is lost. */
  async reseal(tenantId: TenantId, occasion: Occasion): Promise<number> {
    const { keyId } = this.box;
    if (keyId === undefined) throw new Error('no encryption keys were given: nothing can be sealed');
    let done = 0;
    for (;;) {
      const secrets = await this.configs.sealedOtherwise(tenantId, keyId, RESEAL_BATCH);
      if (secrets.length === 0) return done;
      const resealed = await this.resealBatch(tenantId, keyId, secrets, occasion);
      if (resealed === 0) return done;
      done += resealed;
    }
  }

  private async resealBatch(
    tenantId: TenantId,
    keyId: string,
    secrets: readonly TenantSecret[],
    occasion: Occasion,
  ): Promise<number> {
    const { clock, newId } = this.telling;
    const contexts = secrets.map(secretContext);
    const at = (i: number): string => contexts[i] as string;
    const texts = await this.box.open(secrets.map(({ sealed }, i) => ({ sealed, context: at(i) })));
    const seals = await this.box.seal(texts.map((text, i) => ({ text, context: at(i) })));
    const now = clock.now();
    const told = { tenantId, action: 'secret.resealed' as const, subject: keyId };
    const audit = [tell(newId, now, occasion, { ...told, after: JSON.stringify({ secrets: secrets.length }) })];
    return this.configs.reseal(
      tenantId,
      secrets.map(({ id, sealed }, i) => ({ id, from: sealed, to: seals[i] as NonNullable<(typeof seals)[number]> })),
      audit,
    );
  }
}
