import type { Uuid } from '@ferry/kernel';
import type { SealedText } from '../ports/secret-box.js';
import type { TenantId } from './tenant.js';

/** A secret that Ferry shares with somebody else of the tenant, e.g. of a webhook. Unlike the secret of a key it must be read again. */
export interface TenantSecret {
  readonly tenantId: TenantId;
  readonly id: Uuid;
  /** E.g. `webhook/orders`. Several under one name are valid while one takes another's place. */
  readonly name: string;
  readonly sealed: SealedText;
  readonly createdAt: Date;
  readonly expiresAt?: Date | undefined;
}

/** All that is ever shown of it. */
export type ListedSecret = Omit<TenantSecret, 'sealed'>;

export const withoutSeal = ({ tenantId, id, name, createdAt, expiresAt }: ListedSecret): ListedSecret => ({
  tenantId,
  id,
  name,
  createdAt,
  expiresAt,
});

export const isSecretName = (name: string): boolean =>
  /^[a-z][a-z0-9-]*(\/[a-z0-9-]+){0,3}$/.test(name) && name.length <= 60;

/** Binds a sealed text to its row: copied to another tenant or name it does not open. */
export const secretContext = ({ tenantId, id, name }: Pick<TenantSecret, 'tenantId' | 'id' | 'name'>): string =>
  JSON.stringify([tenantId, id, name]);
