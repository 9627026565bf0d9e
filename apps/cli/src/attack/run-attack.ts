import { Attacker } from './attacker.js';
import { RouteAttack } from './by-route.js';
import { Caller } from './caller.js';
import { attackDatabase, type DatabaseReport } from './database/attack-database.js';
import { Findings } from './findings.js';
import { operationsOf, type OpenApi, type Operation } from './operations.js';
import { filled, searchOf } from './paths.js';
import { changes } from './survey.js';
import { OPERATORS, TenantView } from './tenant.js';
import { timingsOf, type Timing } from './timing.js';
import { closedToUnits, takenNames } from './units.js';

export interface AttackOptions {
  readonly url: string;
  /** Of the tenant to be attacked, and of the one that attacks, each with all scopes of a tenant. */
  readonly keyA: string;
  readonly keyB: string;
  /** The keys are of one tenant, each of a business unit of its own. */
  readonly units?: boolean | undefined;
  /** The apps' login: then the tables and views are attacked too. */
  readonly databaseUrl?: string | undefined;
  /** For how long nothing may change of the tenant to be attacked before the attack begins. */
  readonly restMs?: number | undefined;
}

const REST_MS = 500;

export interface AttackReport {
  readonly operations: number;
  readonly calls: number;
  /** Kinds of things of the victim that were tried everywhere. */
  readonly belongings: number;
  /** What the attacker got or learnt, and what could not be tried; empty when all is well. */
  readonly holes: readonly string[];
  readonly timings: readonly Timing[];
  /** Operations that are the whole tenant's, of an attack between units. */
  readonly closed: readonly string[];
  readonly database?: DatabaseReport | undefined;
}

/** As B, a tenant or a business unit, reaches for what A has, by every operation: B must see, change and learn nothing. */
export async function runAttack(options: AttackOptions): Promise<AttackReport> {
  const { url, keyA, keyB, databaseUrl, units = false, restMs = REST_MS } = options;
  const described = operationsOf(await documentOf(url));
  const [callerA, callerB] = [new Caller(url, keyA), new Caller(url, keyB)];
  const closed = units ? await bothClosed(described, callerA, callerB) : new Set<Operation>();
  const operations = described.filter((operation) => !closed.has(operation));
  const findings = new Findings();
  const victim = new TenantView(callerA, operations);
  const attacker = new TenantView(callerB, operations);
  await victim.makeThings();
  await attacker.makeThings();
  await attacker.survey();
  const before = await victim.atRest(restMs);
  const belongings = victim.belongings(attacker);
  const attack = new Attacker(attacker.caller, belongings, findings, units ? takenNames : undefined);
  const result: Partial<Pick<AttackReport, 'timings' | 'database'>> = await breakingOff(findings, async () => {
    await new RouteAttack(operations, victim, attacker, attack, belongings, findings, closed).run();
    for (const path of changes(before, await victim.survey())) findings.hole(`${path}: changed, to the victim`);
    const timings = await timingsOf(operations, victim, attacker.caller);
    const tenants = { victim: victim.tenantId, attacker: attacker.tenantId };
    const database = databaseUrl ? await attackDatabase(databaseUrl, tenants, belongings, findings) : undefined;
    // What takes things away comes last, or nothing would be left to try the others on.
    const takesAway = ({ method }: Operation): number => Number(method === 'DELETE');
    for (const operation of operations.toSorted((a, b) => takesAway(a) - takesAway(b)))
      await control(operation, victim, findings);
    return { timings, database };
  });
  return {
    operations: operations.length,
    calls: attacker.caller.calls,
    belongings: belongings.size,
    holes: findings.all,
    closed: [...closed].map(({ name }) => name),
    timings: [],
    ...result,
  };
}

/** What is not for one unit is not for another one either; what is for one of them only would be neither attacked nor closed. */
async function bothClosed(operations: readonly Operation[], a: Caller, b: Caller): Promise<ReadonlySet<Operation>> {
  const [ofA, ofB] = [await closedToUnits(operations, a), await closedToUnits(operations, b)];
  if (ofA.size !== ofB.size || [...ofA].some((operation) => !ofB.has(operation)))
    throw new Error('the keys are not let into the same operations');
  return ofA;
}

/** The attack itself may put the victim out, by revoking its key for one: that is a finding, and what was found before is told. */
async function breakingOff<T extends object>(findings: Findings, attack: () => Promise<T>): Promise<T | Partial<T>> {
  try {
    return await attack();
  } catch (error) {
    findings.hole(`the attack broke off: ${(error as Error).message}`);
    return {};
  }
}

async function documentOf(url: string): Promise<OpenApi> {
  const answer = await fetch(new URL('/openapi.json', url));
  if (!answer.ok) throw new Error(`${url}/openapi.json answered ${answer.status}`);
  return (await answer.json()) as OpenApi;
}

/** The victim does by itself what was refused to the attacker: else the refusals would prove nothing. Last, for it changes things. */
async function control(operation: Operation, victim: TenantView, findings: Findings): Promise<void> {
  const { name, method, path, parameters, scope } = operation;
  const values = victim.fill(operation);
  if (parameters.length === 0 || scope === OPERATORS || parameters.some((one) => values[one] === undefined)) return;
  const call = { method, path: `${filled(path, values)}${searchOf(operation)}`, body: victim.bodyOf(operation) };
  const { status } = await victim.caller.call(call);
  if ([403, 404].includes(status) || status >= 500)
    findings.hole(`${name}: proves nothing, the victim itself is answered ${status}`);
}
