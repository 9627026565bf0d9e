import { sleep } from '@ferry/kernel';
import type { Call, Caller, Reply } from './caller.js';
import type { Operation } from './operations.js';
import { collectionOf, filled, searchOf } from './paths.js';
import { jsonIn, textsIn } from './saying.js';
import { changes, isFigures, still, type Survey } from './survey.js';
import { isUuid, newMark, ownBody } from './values.js';

/** For those who run Ferry; no key of a tenant has it. */
export const OPERATORS = 'tenants:admin';

const PAGES_MAX = 50;
const REST_ROUNDS_MAX = 40;

/** A tenant as seen by a key of it: makes things of every kind, and reads everything that there is. */
export class TenantView {
  readonly mark = newMark();
  /** Of the things whose making somebody else might send again. */
  readonly replayed = newMark();
  /** What made those. */
  readonly replayable = new Set<Operation>();
  /** Why something could not be made: operations on it then cannot be attacked. */
  readonly notMade: string[] = [];
  /** Ids of what was made, by collection. */
  private readonly made = new Map<string, string>();
  /** Names that were given, by what they are names of: `channel`. Other collections have things of them. */
  private readonly given = new Map<string, string>();
  /** The last answer to each operation. */
  private readonly heard = new Map<string, Reply>();

  constructor(
    readonly caller: Caller,
    private readonly operations: readonly Operation[],
  ) {}

  /** Two of each kind; what needs an id of something comes after that. */
  async makeThings(): Promise<void> {
    const makers = this.operations.filter(({ makes }) => makes);
    for (const operation of makers.toSorted((a, b) => a.parameters.length - b.parameters.length)) {
      await this.make(operation);
      await this.makeForReplay(operation);
    }
    for (const operation of makers) await this.makeRefused(operation);
    for (const operation of this.operations) await this.turnPage(operation);
  }

  private async make(operation: Operation): Promise<void> {
    const call = this.making(operation, this.mark);
    if (!call) return;
    const { name, method, path, parameters, scope } = operation;
    const reply = await this.caller.call(call);
    if (reply.status < 300) {
      const named = method === 'PUT' ? parameters.at(-1) : undefined;
      this.heard.set(name, reply);
      const id = named ? this.mark : idIn(jsonIn(reply)[0]);
      if (id !== undefined) this.made.set(named ? collectionOf(path, named) : path, id);
      if (named) this.given.set(named, this.mark);
      // What a call makes may be a thing of another collection.
      const [, collection, other] = /^(.+)\/([^/]+)$/.exec(reply.headers['location'] ?? '') ?? [];
      if (collection && other && !this.made.has(collection)) this.made.set(collection, other);
    } else if (scope !== OPERATORS) this.notMade.push(`${name}: ${reply.status} ${reply.text.slice(0, 200)}`);
  }

  /** A thing of its own, which nothing else of the attack names: once replayed, its names are the attacker's too. */
  private async makeForReplay(operation: Operation): Promise<void> {
    const call = this.making(operation, this.replayed);
    if (!call) return;
    const { status } = await this.caller.call(call);
    if (status < 300) this.replayable.add(operation);
  }

  /** What is refused may be kept for its tenant to see. */
  private async makeRefused(operation: Operation): Promise<void> {
    const call = operation.method === 'POST' ? this.making(operation, this.mark) : undefined;
    if (call?.body) await this.caller.call({ ...call, body: {} });
  }

  /** The call that makes a thing of this name. What is put has the name that its maker gives it. */
  making(operation: Operation, mark: string): Call | undefined {
    const { method, path, parameters, headers } = operation;
    const named = method === 'PUT' ? parameters.at(-1) : undefined;
    const values = { ...this.fill(operation), ...(named && { [named]: mark }) };
    if (parameters.some((one) => values[one] === undefined)) return undefined;
    return {
      method,
      path: filled(path, values),
      body: this.bodyOf(operation, mark),
      headers: headers.includes('Idempotency-Key') ? { 'Idempotency-Key': keyOf(mark) } : {},
    };
  }

  /** A page with place for one gives a cursor, because there are two. */
  private async turnPage(operation: Operation): Promise<void> {
    const { name, method, path, parameters, query } = operation;
    if (method !== 'GET' || parameters.length > 0 || !query.some((field) => field.name === 'cursor')) return;
    const reply = await this.caller.call({ method, path: `${path}${searchOf(operation, { limit: '1' })}` });
    this.heard.set(`${name} of one`, reply);
    const id = idIn(firstListed(jsonIn(reply)[0]));
    if (id !== undefined && !this.made.has(path)) this.made.set(path, id);
  }

  /** A body of one's own: the example of the document, with a mark in its texts. */
  bodyOf({ body }: Operation, mark = this.mark): Record<string, unknown> | undefined {
    return body && ownBody(body.example, body.fields, mark);
  }

  /** The parameters of a path, each with something of this tenant: what it made there; its own id where tenants are named. */
  fill({ path, parameters }: Pick<Operation, 'path' | 'parameters'>): Readonly<Record<string, string>> {
    const entries = parameters.map((name) => [
      name,
      this.made.get(collectionOf(path, name)) ??
        this.given.get(name) ??
        (/^tenant(_id)?$/.test(name) ? this.tenantId : undefined),
    ]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
  }

  get tenantId(): string | undefined {
    for (const [, name, text] of this.texts()) if (name === 'tenant_id') return text;
    return undefined;
  }

  /** Everything that the tenant can read. */
  async survey(): Promise<Survey> {
    const seen = new Map<string, string>();
    for (const operation of this.operations.filter(({ method }) => method === 'GET')) {
      const values = this.fill(operation);
      if (operation.scope === OPERATORS || operation.parameters.some((name) => values[name] === undefined)) continue;
      await this.readAll(operation, filled(operation.path, values), seen);
    }
    return seen;
  }

  private async readAll(operation: Operation, path: string, seen: Map<string, string>): Promise<void> {
    let cursor: string | undefined;
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const search = searchOf(operation, cursor === undefined ? {} : { cursor });
      const reply = await this.caller.call({ method: 'GET', path: `${path}${search}` });
      const values = jsonIn(reply).filter((value) => !isFigures(value));
      seen.set(`GET ${path} page ${page}`, `${reply.status} ${JSON.stringify(values.map(still))}`);
      this.heard.set(operation.name, reply);
      cursor = [...textsIn(values)].find(([name]) => name === 'next_cursor')?.[1];
      if (cursor === undefined) return;
    }
  }

  /** The survey once two in a row are alike: payments on their way have ended, or wait for a worker that is not there. */
  async atRest(restMs: number): Promise<Survey> {
    let before = await this.survey();
    for (let round = 0; round < REST_ROUNDS_MAX; round += 1) {
      await sleep(restMs);
      const now = await this.survey();
      if (changes(before, now).length === 0) return now;
      before = now;
    }
    throw new Error('the tenant to be attacked does not come to rest: nobody else may use it meanwhile');
  }

  /**
   * What names something of this tenant, by kind: what is unique by its form or carries the mark, and what stands in a field for
   * names and was never said to the other one.
   */
  belongings(other: TenantView): ReadonlyMap<string, string> {
    const strange = new Set([...other.texts()].map(([, , text]) => text));
    const named = /(^|_)(id|cursor|prefix|subject|reference|name)$/;
    const kinds = new Map<string, string>();
    const add = (kind: string, text: string): void => {
      if (![...kinds.values()].includes(text)) kinds.set(kind, text);
    };
    for (const [collection, id] of this.made) add(`id of ${collection}`, id);
    add('idempotency key', keyOf(this.mark));
    for (const [where, name, text] of this.texts())
      if (isUuid(text) || text.includes(this.mark) || (named.test(name) && tells(text) && !strange.has(text)))
        if (!text.includes(this.replayed)) add(`${name} of ${where}`, text);
    return kinds;
  }

  private *texts(): Generator<readonly [where: string, name: string, text: string]> {
    for (const [where, reply] of this.heard)
      for (const [name, text] of textsIn(jsonIn(reply))) yield [where, name, text];
  }
}

/** One or two letters name nothing, and nothing else is like them. */
const tells = (text: string): boolean => text.length > 2;

const keyOf = (mark: string): string => `${mark}-key`;

const firstListed = (page: unknown): unknown => {
  const { data } = (page ?? {}) as { data?: unknown };
  return Array.isArray(data) ? (data[0] as unknown) : undefined;
};

/** Of the thing itself, or of the one thing that an answer wraps. */
function idIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id } = value as { id?: unknown };
  if (typeof id === 'string') return id;
  return Object.values(value)
    .map((inner) => (typeof inner === 'object' && inner !== null ? (inner as { id?: unknown }).id : undefined))
    .find((inner) => typeof inner === 'string');
}
