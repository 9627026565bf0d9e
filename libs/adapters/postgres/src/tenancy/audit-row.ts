import type { Actor, AuditAction, AuditEntry } from '@ferry/tenancy';

export interface EntryRow {
  tenant_id: string;
  id: string;
  at: Date;
  actor_kind: Actor['kind'];
  actor_id: string;
  action: AuditAction;
  subject: string;
  before_value: string | null;
  after_value: string | null;
  address: string | null;
  request_id: string | null;
}

export const entryColumns =
  'tenant_id, id, at, actor_kind, actor_id, action, subject, before_value, after_value, address, request_id';

export const entryOf = (row: EntryRow): AuditEntry => ({
  tenantId: row.tenant_id,
  id: row.id,
  at: row.at,
  actor: { kind: row.actor_kind, id: row.actor_id },
  action: row.action,
  subject: row.subject,
  before: row.before_value ?? undefined,
  after: row.after_value ?? undefined,
  address: row.address ?? undefined,
  requestId: row.request_id ?? undefined,
});
