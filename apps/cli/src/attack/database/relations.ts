import type pg from 'pg';

/** A table, partition, view or whatever else can hold rows, as the attacking role finds it in the catalogue. */
export interface Relation {
  /** Quoted where needed. */
  readonly name: string;
  readonly hasTenant: boolean;
  /** Columns that the role may change. */
  readonly updatable: readonly string[];
  readonly mayTruncate: boolean;
}

export async function relationsOf(client: pg.Client): Promise<readonly Relation[]> {
  const { rows } = await client.query<Relation>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as "hasTenant",
       array(select quote_ident(a.attname) from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
               and has_column_privilege(c.oid, a.attnum, 'update') order by a.attnum) as updatable,
       has_table_privilege(c.oid, 'truncate') as "mayTruncate"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     order by 1`,
  );
  return rows;
}
