const plain = /^([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)$/;

/** The name of a staging table as SQL has it. It comes from a row that operators wrote, and becomes part of statements: quoted, and checked again. */
export function quotedTable(table: string): string {
  const match = plain.exec(table);
  if (!match) throw new Error(`rule broken: ${table} is not the name of a table`);
  return `"${match[1]}"."${match[2]}"`;
}

export const isTableName = (table: string): boolean => plain.test(table) && table.length <= 127;
