import { sleep } from '@ferry/kernel';
import pg from 'pg';
import type { Witness } from '../witness.js';
import { STAGING_TABLE } from '../../stage/prepare.js';
import type { Fact } from './facts.js';
import type { Told } from './told.js';

const PAUSE_MS = 200;
const CONNECT_TIMEOUT_MS = 2_000;
/** Longer than PostgreSQL is away. */
const GIVE_UP_AFTER_MS = 60_000;

const INSERT = `insert into ${STAGING_TABLE}
  (reference_number, loan_account_number, cif, amount, payment_date, payment_channel, metadata)
  select u.reference, u.loan, u.cif, u.amount, u.paid, 'etl', u.metadata
  from unnest($1::varchar[], $2::varchar[], $3::varchar[], $4::numeric[], $5::timestamp[], $6::jsonb[])
    as u(reference, loan, cif, amount, paid, metadata)`;
const MEND = `update ${STAGING_TABLE} s set amount = u.amount, payment_date = u.paid, cif = u.cif, metadata = null
  from unnest($1::varchar[], $2::varchar[], $3::numeric[], $4::timestamp[]) as u(reference, cif, amount, paid)
  where s.reference_number = u.reference`;
/** What `ferry staging retry` does. */
const RETRY = `update recording.staging_errors e set attempts = 0, next_attempt_at = now() from ${STAGING_TABLE} s
  where e.tenant_id = 'default' and e.table_name = '${STAGING_TABLE}' and s.id = e.row_id and s.reference_number = any ($1)`;

/** A bad row is bad in one of these ways. */
const spoilt: readonly ((row: Row) => Row)[] = [
  (row) => ({ ...row, amount: '-5.00' }),
  (row) => ({ ...row, amount: 'NaN' }),
  (row) => ({ ...row, paid: 'infinity' }),
  (row) => ({ ...row, cif: ' ' }),
  (row) => ({ ...row, metadata: '{"currency": "QQQ"}' }),
];

interface Row {
  readonly reference: string;
  readonly loan: string;
  readonly cif: string;
  readonly amount: string;
  readonly paid: string;
  readonly metadata: string | null;
}

/** Whoever fills the staging table. It commits late and out of order, writes again what it does not know to be there, and mends rows. */
export class Etl {
  constructor(
    private readonly adminUrl: () => Promise<string>,
    private readonly witness: Witness,
    private readonly told: Told,
    private readonly giveUpAfterMs = GIVE_UP_AFTER_MS,
  ) {}

  /** `holdMs`: how long the transaction stays open with the rows in it, while others commit higher ids. */
  async fill(facts: readonly Fact[], holdMs: number): Promise<void> {
    this.told.telling(facts);
    const rows = facts.map((fact) => (fact.row === 'sound' ? rowOf(fact) : spoiltRow(fact)));
    const columns = (['reference', 'loan', 'cif', 'amount', 'paid', 'metadata'] as const).map((name) =>
      rows.map((row) => row[name]),
    );
    const done = await this.transaction(async (client) => {
      await client.query(INSERT, columns);
      await sleep(holdMs);
    });
    if (done) for (const { reference } of facts) this.told.inserted.add(reference);
  }

  /** Mends what is to be mended, and has all that was bad read again. */
  async mend(facts: readonly Fact[]): Promise<void> {
    const bad = facts.filter(({ row }) => row !== 'sound');
    if (bad.length === 0) return;
    const mended = bad.filter(({ row }) => row === 'mended');
    const rows = mended.map(rowOf);
    const columns = (['reference', 'cif', 'amount', 'paid'] as const).map((name) => rows.map((row) => row[name]));
    const done = await this.transaction(async (client) => {
      await client.query(MEND, columns);
      await client.query(RETRY, [bad.map(({ reference }) => reference)]);
    });
    if (done) for (const { reference } of mended) this.told.mended.add(reference);
  }

  /** Until it is known to have committed: what it is not known of may be done twice. */
  private async transaction(work: (client: pg.Client) => Promise<void>): Promise<boolean> {
    const deadline = performance.now() + this.giveUpAfterMs;
    for (;;) {
      try {
        await this.attempt(work);
        return true;
      } catch (error) {
        if (performance.now() > deadline) {
          this.witness.unexpected.push(`the ETL could not write: ${String(error)}`);
          return false;
        }
        await sleep(PAUSE_MS);
      }
    }
  }

  private async attempt(work: (client: pg.Client) => Promise<void>): Promise<void> {
    const connectionString = await this.adminUrl();
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('begin');
      await work(client);
      await client.query('commit');
    } finally {
      await client.end().catch(() => {});
    }
  }
}

const rowOf = ({ reference, loanAccountNumber, cif, amountMinor, paidAt }: Fact): Row => ({
  reference,
  loan: loanAccountNumber,
  cif,
  amount: (amountMinor / 100).toFixed(2),
  paid: paidAt.toISOString().slice(0, -1),
  metadata: null,
});

function spoiltRow(fact: Fact): Row {
  const spoil = spoilt[fact.index % spoilt.length] as (row: Row) => Row;
  return spoil(rowOf(fact));
}
