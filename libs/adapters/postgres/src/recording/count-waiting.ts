import type { Session } from '../session.js';

/** As the table of sources has it by a check of its own; a name cannot be a parameter. */
const tableName = /^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/;

/**
 * Rows of a staging table that wait, counted to `max`. Row level security shows them to the tenant whose source it is, and that is the one who
 * was entered; an index on what waits keeps a count of 100,000 in the milliseconds, however many were done.
 */
export async function countWaiting(session: Session, table: string, max: number): Promise<number> {
  if (!tableName.test(table)) throw new Error(`${table} is no name of a staging table`);
  const [row] = await session.rows<{ count: string }>({
    text: `select count(*) from (select from ${table} where processed is not true limit $1) as waiting`,
    values: [Math.max(0, max)],
  });
  return Number(row?.count ?? 0);
}
