import type { Attacker, Attempt } from './attacker.js';
import type { Call, Reply } from './caller.js';
import type { Findings } from './findings.js';
import type { Field, Operation } from './operations.js';
import { filled, searchOf } from './paths.js';
import { OPERATORS, type TenantView } from './tenant.js';
import { newMark } from './values.js';

/** Fields that the server owns, in every spelling in which a client might try to move a request to another tenant. */
const owned = ['tenant_id', 'tenantId', 'tenant', 'id', 'business_unit_id'];

const reading = ({ method }: Operation): 'true' | 'false' => (method === 'GET' ? 'true' : 'false');
const puts = ({ method }: Operation): boolean => method === 'PUT';
const changes = ({ parameters }: Operation): boolean => parameters.length > 0;
const refers = (name: string): boolean => /_ids?$/.test(name);

/** Every value of the victim in every place that a call has. What only reads comes first: what is stored would be told later. */
export class RouteAttack {
  constructor(
    private readonly operations: readonly Operation[],
    private readonly victim: TenantView,
    private readonly attacker: TenantView,
    private readonly attack: Attacker,
    private readonly belongings: ReadonlyMap<string, string>,
    private readonly findings: Findings,
    /** What nobody of the attacker's kind may do. */
    private readonly closed: ReadonlySet<Operation> = new Set(),
  ) {}

  async run(): Promise<void> {
    const { true: reads = [], false: writes = [] } = Object.groupBy(this.operations, reading);
    for (const operation of reads) await this.list(operation);
    for (const operation of [...reads, ...writes.filter((one) => !puts(one))]) await this.byPath(operation);
    for (const operation of [...reads, ...writes]) await this.byQuery(operation);
    // From here on the attacker gets things of the victim's names. What refers to things comes before what names them.
    for (const operation of writes.filter(puts)) await this.byPath(operation);
    // What changes a thing of a name before what makes one: afterwards the name would be the attacker's own.
    for (const operation of [...writes.filter(changes), ...writes.filter((one) => !changes(one))])
      await this.byReplay(operation);
    for (const operation of writes) await this.byHeader(operation);
    for (const operation of writes) await this.byBody(operation, ({ name }) => refers(name));
    for (const operation of writes) await this.byBody(operation, ({ name }) => !refers(name));
    for (const operation of writes) await this.byOwned(operation);
  }

  private async list(operation: Operation): Promise<void> {
    if (operation.parameters.length > 0) return;
    const call = { method: 'GET', path: `${operation.path}${searchOf(operation)}` };
    const reply = await this.attacker.caller.call(call);
    this.attack.look(operation.name, reply, []);
    this.mustHaveTheScope(operation, reply);
  }

  /** Each parameter with each value; the others with what is really the victim's. */
  private async byPath(operation: Operation): Promise<void> {
    const { parameters, name } = operation;
    const real = this.victim.fill(operation);
    for (const parameter of parameters) {
      const fitting = real[parameter];
      if (fitting === undefined) {
        if (this.isOfNobody(parameter)) continue;
        const why = this.victim.notMade.length > 0 ? ` (not made: ${this.victim.notMade.join('; ')})` : '';
        this.findings.hole(`${name}: cannot be attacked, nothing of the victim fills {${parameter}}${why}`);
        continue;
      }
      this.mustBeMissing(operation, await this.inPath(operation, real, parameter, fitting));
      const others = [...this.belongings.values()].filter((value) => value !== fitting);
      for (const value of others) await this.inPath(operation, real, parameter, value);
    }
  }

  /** Things that the victim cannot make because the whole tenant makes them. */
  private isOfNobody(parameter: string): boolean {
    return [...this.closed].some((one) => one.makes && one.parameters.at(-1) === parameter);
  }

  private inPath(operation: Operation, real: Readonly<Record<string, string>>, parameter: string, value: string) {
    const { method, path, name } = operation;
    const body = this.attacker.bodyOf(operation, newMark());
    const others = Object.entries(real).flatMap(([one, text]) => (one === parameter ? [] : [text]));
    return this.attack.attempt({
      what: `${name} with ${value} as {${parameter}}`,
      value,
      sent: others,
      repeatable: method === 'GET',
      call: (one) => ({ method, path: `${filled(path, { ...real, [parameter]: one })}${searchOf(operation)}`, body }),
    });
  }

  private async byQuery(operation: Operation): Promise<void> {
    const { method, path, name, query } = operation;
    const own = this.attacker.fill(operation);
    for (const field of query)
      for (const value of this.belongings.values())
        await this.attack.attempt({
          what: `${name} with ${value} as ?${field.name}`,
          value,
          sent: Object.values(own),
          repeatable: method === 'GET',
          call: (one) => ({ method, path: `${filled(path, own)}${searchOf(operation, { [field.name]: one })}` }),
        });
  }

  /** What the victim sent, with the victim's names and idempotency key: for the attacker all of it is new. */
  private async byReplay(operation: Operation): Promise<void> {
    if (!this.victim.replayable.has(operation)) return;
    const { replayed } = this.victim;
    const call = (mark: string) => this.attacker.making(operation, mark);
    if (call(replayed) === undefined) return;
    await this.attack.attempt({
      what: `${operation.name} as the victim sent it`,
      value: replayed,
      repeatable: false,
      call: (mark) => call(mark) as Call,
    });
  }

  private async byHeader(operation: Operation): Promise<void> {
    for (const header of operation.headers.filter((one) => one !== 'X-Correlation-Id'))
      for (const value of this.belongings.values())
        await this.attempt(operation, `as ${header}`, value, (one) => ({
          body: this.attacker.bodyOf(operation, newMark()),
          headers: { [header]: one },
        }));
  }

  private async byBody(operation: Operation, chosen: (field: Field) => boolean): Promise<void> {
    for (const { name, schema } of operation.body?.fields.filter(chosen) ?? [])
      for (const value of this.belongings.values())
        await this.attempt(operation, `as ${name} of the body`, value, (one) => ({
          body: { ...this.attacker.bodyOf(operation, newMark()), [name]: schema.type === 'array' ? [one] : one },
        }));
  }

  private async byOwned(operation: Operation): Promise<void> {
    const { body } = operation;
    if (!body || body.isOpen) return;
    const value = this.victim.tenantId ?? this.victim.mark;
    for (const name of owned.filter((one) => !body.fields.some((field) => field.name === one))) {
      const { status } = await this.attempt(operation, `as ${name} of the body`, value, (one) => ({
        body: { ...this.attacker.bodyOf(operation, newMark()), [name]: one },
      }));
      if (status < 400) this.findings.hole(`${operation.name}: takes ${name} from the body`);
    }
  }

  private attempt(
    operation: Operation,
    where: string,
    value: string,
    rest: (value: string) => Partial<ReturnType<Attempt['call']>>,
  ): Promise<Reply> {
    const { method, name } = operation;
    const path = this.ownPath(operation);
    const call = (one: string) => ({ method, path, ...rest(one) });
    return this.attack.attempt({ what: `${name} with ${value} ${where}`, value, repeatable: false, call });
  }

  private ownPath(operation: Operation): string {
    return `${filled(operation.path, this.attacker.fill(operation))}${searchOf(operation)}`;
  }

  /** Had the call been refused for another reason, it would not have tried anything. */
  private mustBeMissing(operation: Operation, reply: Reply): void {
    this.mustHaveTheScope(operation, reply);
    const { name, method, scope } = operation;
    if (reply.status === 404 || (scope === OPERATORS && reply.status === 403)) return;
    // What is put under a name is the attacker's own then, under the same name.
    if (method === 'PUT' && reply.status < 300) return;
    this.findings.hole(`${name}: ${reply.status} for what is the victim's, and not 404`);
  }

  private mustHaveTheScope({ name, scope }: Operation, { status, text }: Reply): void {
    if (scope !== OPERATORS && status === 403 && text.includes('insufficient-scope'))
      this.findings.hole(`${name}: not attacked, the attacker's key lacks the scope ${scope}`);
  }
}
