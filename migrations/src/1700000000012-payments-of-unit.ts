import type { QueryRunner } from 'typeorm';
import { ForwardOnly } from './forward-only.js';
import { assertThat } from './statements.js';

const PAYMENTS = 'payments.payments';
const INDEX = 'payments_of_unit';
const COLUMNS = '(tenant_id, business_unit_id, id)';

/** What is made here one by one has no transaction; what blocks others waits briefly, or fails and is run again. */
const briefly = (statement: string): readonly string[] => [`set lock_timeout = '5s'`, statement, `reset lock_timeout`];

/** Newest first is the order of the list, so that the payments of a unit are a walk along this index (ADR 0017). */
const parent = `create index if not exists ${INDEX} on only ${PAYMENTS} ${COLUMNS}`;

/** Partitions whose part of the index is not there yet. */
const partitionsWithout = `
  select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = '${PAYMENTS}'::regclass and not exists (
    select from pg_index x join pg_inherits p on p.inhrelid = x.indexrelid
    where x.indrelid = c.oid and p.inhparent = 'payments.${INDEX}'::regclass)
  order by 1`;

const partOf = (partition: string): readonly string[] => {
  const part = `${partition}_of_unit`;
  return [
    // Left behind by an attempt that was broken off.
    `drop index concurrently if exists payments.${part}`,
    `create index concurrently ${part} on payments.${partition} ${COLUMNS}`,
    ...briefly(`alter index payments.${INDEX} attach partition payments.${part}`),
  ];
};

/** The index of a list that is narrowed to one unit, made beside running apps: no write waits while it is built. */
export class PaymentsOfUnit1700000000012 extends ForwardOnly {
  readonly name = 'PaymentsOfUnit1700000000012';
  /** An index is made concurrently outside of transactions only. */
  readonly transaction = false;

  override async up(runner: QueryRunner): Promise<void> {
    for (const statement of this.statements()) await runner.query(statement);
    const rows = (await runner.query(partitionsWithout)) as readonly { readonly name: string }[];
    for (const statement of rows.flatMap(({ name }) => partOf(name))) await runner.query(statement);
    await runner.query(
      assertThat(
        `(select indisvalid from pg_index where indexrelid = 'payments.${INDEX}'::regclass)`,
        'the payments of a unit have their index in every partition',
      ),
    );
  }

  protected statements(): readonly string[] {
    return briefly(parent);
  }
}
