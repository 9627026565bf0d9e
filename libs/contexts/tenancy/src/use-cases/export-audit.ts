import { auditContent, chain, type AuditEntry, type JsonValue } from '../domain/audit.js';
import type { TenantId } from '../domain/tenant.js';
import type { AuditChain, ChainedEntry } from '../ports/audit-chain.js';

const PAGE = 500;

/** All of it when empty. */
export interface AuditRange {
  /** Behind the link of this sequence: where the export before ended. */
  readonly after?: number | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/**
 * The tenant's audit log as JSON Lines in the order of its chain, each line with its proof, a page of it in memory at a time. What waits
 * for its place in the chain is given it first, so that an export has what was told before it.
 */
export async function* exportAudit(
  audit: Pick<AuditChain, 'extendChain' | 'readChain' | 'stretch'>,
  tenantId: TenantId,
  { after = 0, since, until }: AuditRange = {},
): AsyncGenerator<string> {
  while ((await audit.extendChain(tenantId, PAGE, chain)) > 0);
  const stretch = since || until ? await audit.stretch(tenantId, since, until) : everything;
  if (!stretch) return;
  for (let last = Math.max(after, stretch.first - 1); last < stretch.last;) {
    const page = await audit.readChain(tenantId, PAGE, last);
    for (const one of page) if (one.link.sequence <= stretch.last) yield `${lineOf(tenantId, one)}\n`;
    if (page.length < PAGE) return;
    last = page.at(-1)?.link.sequence ?? stretch.last;
  }
}

const everything = { first: 1, last: Number.MAX_SAFE_INTEGER };

/** In the words of the API. `hash` is over `content` to the letter; the other fields say the same for people and programs. */
function lineOf(tenantId: TenantId, { link, entry }: ChainedEntry): string {
  const { sequence, entryId: id, previousHash, hash } = link;
  const proof = { sequence, previous_hash: previousHash, hash };
  if (typeof entry !== 'object')
    return JSON.stringify({ tenant_id: tenantId, id, [entry ?? 'missing']: true, ...proof });
  return JSON.stringify({ ...fieldsOf(entry), ...proof, content: auditContent(entry) });
}

const fieldsOf = (entry: AuditEntry) => ({
  tenant_id: entry.tenantId,
  id: entry.id,
  at: entry.at.toISOString(),
  actor: entry.actor,
  action: entry.action,
  subject: entry.subject,
  before: entry.before === undefined ? undefined : (JSON.parse(entry.before) as JsonValue),
  after: entry.after === undefined ? undefined : (JSON.parse(entry.after) as JsonValue),
  address: entry.address,
  request_id: entry.requestId,
});
