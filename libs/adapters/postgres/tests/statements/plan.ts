/** What `explain (format json, verbose)` says of one node, as far as it matters here. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A statement as it was run, nested in a function or not. */
export interface RunStatement {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

/** The parts of a condition that must all hold. */
export function conjuncts(condition: string): string[] {
  const text = withoutParentheses(condition);
  const parts = splitAt(text, ' AND ');
  return parts.length === 1 ? parts : parts.flatMap(conjuncts);
}

/**
 * Looked up in `tables` by a plan node that does not say of which tenant. Whether a condition was written at the table itself or follows from
 * one at another, joined by tenant, is for the planner to know. A condition on several tenants at once (`any`) does not count.
 */
export function unboundTables(plan: PlanNode, tables: ReadonlySet<string>): string[] {
  const name = `${plan.Schema}.${plan['Relation Name']}`;
  const looksInto = plan['Node Type'] !== 'ModifyTable' && tables.has(name);
  const conditions = [plan['Index Cond'], plan['Recheck Cond'], plan.Filter].filter((one) => one !== undefined);
  const unbound = looksInto && !conditions.flatMap(conjuncts).some(bindsTenant);
  return [...(unbound ? [name] : []), ...(plan.Plans ?? []).flatMap((below) => unboundTables(below, tables))];
}

/** `(p.tenant_id)::text = ($1)::text`: one tenant, and no other way out. */
const bindsTenant = (conjunct: string): boolean =>
  splitAt(conjunct, ' OR ').length === 1 && /^\(?(\w+\.)?tenant_id\)?(::text)? = (?!ANY )/.test(conjunct);

function withoutParentheses(text: string): string {
  const isWrapped = text.startsWith('(') && closing(text) === text.length - 1;
  return isWrapped ? withoutParentheses(text.slice(1, -1)) : text;
}

/** Where the parenthesis at the beginning is closed. */
function closing(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    depth += depthOf(text[at]);
    if (depth === 0) return at;
  }
  return -1;
}

/** Splits outside of parentheses. Texts within quotes may hold neither parentheses nor the separator; ours do not. */
function splitAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    depth += depthOf(text[at]);
    if (depth > 0 || !text.startsWith(separator, at)) continue;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  return [...parts, text.slice(from)];
}

const depthOf = (letter: string | undefined): number => (letter === '(' ? 1 : letter === ')' ? -1 : 0);
