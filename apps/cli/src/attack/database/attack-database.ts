import pg from 'pg';
import type { Findings } from '../findings.js';
import { attemptsOn, standings, type Tenants } from './attempts.js';
import { relationsOf, type Relation } from './relations.js';

export interface DatabaseReport {
  readonly relations: number;
  readonly statements: number;
  /** Tables and views without a `tenant_id`, in which nothing of the victim was found. */
  readonly untenanted: readonly string[];
}

const TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 2_000;
/** Of what can be a text in any table, only what is long enough to be nobody else's. */
const TELLING_LENGTH = 12;

/** SQL as the apps' login, on every table and view that there is: as another tenant and as none. Nothing of it is committed. */
export async function attackDatabase(
  url: string,
  { victim, attacker }: Partial<Tenants>,
  belongings: ReadonlyMap<string, string>,
  findings: Findings,
): Promise<DatabaseReport> {
  if (victim === undefined || attacker === undefined) throw new Error('which tenants these are is not told by the API');
  const client = new pg.Client({ connectionString: url, statement_timeout: TIMEOUT_MS, lock_timeout: LOCK_TIMEOUT_MS });
  client.on('error', () => {});
  await client.connect();
  try {
    const relations = await relationsOf(client);
    const run = new DatabaseAttack(client, { victim, attacker }, findings);
    await run.proveEntering();
    for (const relation of relations)
      if (relation.hasTenant) await run.reach(relation);
      else
        await run.search(
          relation,
          [...belongings.values()].filter((text) => text.length >= TELLING_LENGTH),
        );
    for (const { name, mayTruncate } of relations) if (mayTruncate) findings.hole(`${name}: may be truncated`);
    const untenanted = relations.filter(({ hasTenant }) => !hasTenant).map(({ name }) => name);
    return { relations: relations.length, statements: run.statements, untenanted };
  } finally {
    await client.end();
  }
}

class DatabaseAttack {
  statements = 0;

  constructor(
    private readonly client: pg.Client,
    private readonly tenants: Tenants,
    private readonly findings: Findings,
  ) {}

  /** That the victim has rows, for itself: else finding none would prove nothing. */
  async proveEntering(): Promise<void> {
    const { victim } = this.tenants;
    const text = 'select 1 from tenancy.tenants where tenant_id = $1';
    const { rows } = await this.inTransaction(victim, { text, values: [victim] });
    if (rows !== 1) this.findings.hole(`the database knows no tenant ${victim}: it is another one than the API's`);
  }

  async reach(relation: Relation): Promise<void> {
    for (const { as, enter } of standings(this.tenants))
      for (const attempted of attemptsOn(relation, this.tenants, enter)) {
        const outcome = await this.inTransaction(enter, attempted);
        const got = gotBy(outcome);
        if (got !== undefined) this.findings.hole(`${relation.name}: ${attempted.what} as ${as}: ${got}`);
      }
  }

  /** A table without tenants may hold nothing that names a thing of one. */
  async search({ name }: Relation, texts: readonly string[]): Promise<void> {
    const patterns = texts.map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`);
    const statement = { text: `select 1 from ${name} r where r::text like any ($1) limit 1`, values: [patterns] };
    const { rows } = await this.inTransaction(this.tenants.attacker, statement);
    if (rows > 0) this.findings.hole(`${name}: has no tenant_id, and tells what is the victim's`);
  }

  private async inTransaction(enter: string | undefined, { text, values }: pg.QueryConfig): Promise<Outcome> {
    this.statements += 1;
    await this.client.query('begin');
    try {
      if (enter !== undefined) await this.client.query('select tenancy.enter($1)', [enter]);
      const { rowCount } = await this.client.query(text, values);
      return { rows: rowCount ?? 0 };
    } catch (error) {
      if (error instanceof pg.DatabaseError) return { rows: 0, code: error.code ?? '', message: error.message };
      throw error;
    } finally {
      await this.client.query('rollback');
    }
  }
}

interface Outcome {
  readonly rows: number;
  readonly code?: string;
  readonly message?: string;
}

const NOT_ALLOWED = '42501';
/** A view that nobody can write through, whoever asks. */
const NOT_POSSIBLE = ['55000', '0A000'];

/** What was got, or undefined. */
function gotBy({ rows, code, message }: Outcome): string | undefined {
  if (code === undefined) return rows > 0 ? `${rows} row(s)` : undefined;
  return code === NOT_ALLOWED || NOT_POSSIBLE.includes(code) ? undefined : `stopped by ${message} (${code}) alone`;
}
