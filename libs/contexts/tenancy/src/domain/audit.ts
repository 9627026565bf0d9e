import { sha256, type Uuid } from '@ferry/kernel';
import type { ApiKey } from './api-key.js';
import type { Tenant, TenantId } from './tenant.js';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Who does it. `operator`: somebody at the command line; `system`: Ferry itself. */
export interface Actor {
  readonly kind: 'key' | 'person' | 'nobody' | 'operator' | 'system';
  readonly id: string;
}

/** On what occasion something is done: goes into the audit log with it. */
export interface Occasion {
  readonly actor: Actor;
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
}

export const auditActions = [
  'tenant.created',
  'tenant.suspended',
  'tenant.resumed',
  'unit.created',
  'key.created',
  'key.rotated',
  'key.revoked',
  'user.added',
  'user.changed',
  'user.removed',
  'config.changed',
  'secret.added',
  'secret.removed',
  'secret.resealed',
  'channel.saved',
  'channel.removed',
  'webhook.replayed',
  'staging.source-added',
  'staging.source-enabled',
  'staging.source-disabled',
  'staging.retried',
  'archive.ordered',
  'restore.ordered',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Who did what to what, when, from where; and how it was before and after. Written in the transaction of what it tells. */
export interface AuditEntry extends Occasion {
  readonly tenantId: TenantId;
  /** UUIDv7 of `at`. */
  readonly id: Uuid;
  readonly at: Date;
  readonly action: AuditAction;
  /** E.g. the prefix of a key, the subject of a person. */
  readonly subject: string;
  /** JSON texts without secrets. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** One link of a tenant's chain: its place, its entry, and a hash over both and all before. */
export interface AuditLink {
  readonly sequence: number;
  readonly entryId: Uuid;
  readonly previousHash: string;
  readonly hash: string;
}

/** What the first link of a tenant follows. */
export const CHAIN_START = '0'.repeat(64);

/** Everything an entry says, in one spelling: a list, so that no two entries share one. */
export const auditContent = (entry: AuditEntry): string =>
  JSON.stringify([
    entry.tenantId,
    entry.id,
    entry.at.toISOString(),
    entry.actor.kind,
    entry.actor.id,
    entry.action,
    entry.subject,
    entry.before ?? null,
    entry.after ?? null,
    entry.address ?? null,
    entry.requestId ?? null,
  ]);

/** The links of these entries, in their order, behind `last`. */
export function chain(last: AuditLink | undefined, entries: readonly AuditEntry[]): readonly AuditLink[] {
  let [sequence, previousHash] = last ? [last.sequence, last.hash] : [0, CHAIN_START];
  return entries.map((entry) => {
    sequence += 1;
    const link = { sequence, entryId: entry.id, previousHash, hash: linkHash(previousHash, sequence, entry) };
    previousHash = link.hash;
    return link;
  });
}

const linkHash = (previousHash: string, sequence: number, entry: AuditEntry): string =>
  sha256(`${previousHash}\n${sequence}\n${auditContent(entry)}`);

/** What is left of an entry whose month was dropped when its time was over: its link, which the next one follows. */
export type Dropped = 'dropped';

/** Why a link does not prove its entry, or undefined. `before` is the link before it; absent for the oldest that is kept. */
export function linkFault(
  link: AuditLink,
  entry: AuditEntry | Dropped | undefined,
  before: AuditLink | undefined,
): string | undefined {
  if (!entry) return 'entry missing';
  if (before && link.sequence !== before.sequence + 1) return 'link missing before';
  if (link.previousHash !== (before?.hash ?? (link.sequence === 1 ? CHAIN_START : link.previousHash)))
    return 'not behind the link before';
  if (entry === 'dropped') return undefined;
  return link.hash === linkHash(link.previousHash, link.sequence, entry) ? undefined : 'entry altered';
}

/** What the audit log tells of a key: all but its hash. */
export const auditedKey = (key: ApiKey): string =>
  JSON.stringify({ ...key, secretHash: undefined, tenantId: undefined });

export const auditedTenant = ({ name, status, mode, twinId }: Tenant): string =>
  JSON.stringify({ name, status, mode, twinId });
