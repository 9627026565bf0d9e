import type { Database } from '../database.js';
import type { InvariantResult } from '../invariant-result.js';
import type { Session } from '../session.js';
import { catalogue } from './catalogue-rule.js';
import { roleRules } from './role-rules.js';
import { tableRules } from './table-rules.js';

/** All rules by which the database keeps tenants apart. */
export const catalogueRules = [...tableRules, ...roleRules];

/** Examples printed. */
const EXAMPLES_MAX = 5;

/** `rule: subject` for each fault. Reads the catalogue only, so any login may ask. */
export async function catalogueFaults(session: Session): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { name, faults: text } of catalogueRules) {
    const rows = await session.rows<{ subject: string }>({ text: `${text} order by 1` });
    faults.push(...rows.map(({ subject }) => `${name}: ${subject}`));
  }
  return faults;
}

/** Somebody may have changed, by hand, what the migrations made. */
export async function verifyCatalogue(database: Database): Promise<InvariantResult> {
  const { checked, faults } = await database.transaction(async (session) => ({
    checked: await session.rows<{ count: string }>({ text: `${catalogue} select count(*) from relation` }),
    faults: await catalogueFaults(session),
  }));
  return {
    name: 'tenants-apart',
    meaning: 'tables, views, functions and logins are such that the database keeps tenants apart',
    checked: Number(checked[0]?.count ?? 0),
    broken: faults.length,
    examples: faults.slice(0, EXAMPLES_MAX),
  };
}
