import { randomUUID } from 'node:crypto';
import { Caller, type Reply } from './caller.js';
import { operationsOf, type OpenApi, type Operation } from './operations.js';
import { makeVictim, type Victim } from './victim.js';

export interface AttackOptions {
  readonly url: string;
  readonly keyA: string;
  readonly keyB: string;
}

export interface AttackReport {
  readonly operations: number;
  readonly calls: number;
  /** What the attacker got or learnt, in words; empty when all is well. */
  readonly holes: readonly string[];
}

/** As tenant B, calls every operation with what belongs to tenant A: B must see, change and learn nothing. */
export async function runAttack({ url, keyA, keyB }: AttackOptions): Promise<AttackReport> {
  const document = (await (await fetch(new URL('/openapi.json', url))).json()) as OpenApi;
  const a = new Caller(url, keyA);
  const b = new Caller(url, keyB);
  const victim = await makeVictim(a);
  const before = await a.json('GET', `/api/v1/payments/${victim.paymentId}`);
  const attack = new Attack(b, victim);
  const operations = operationsOf(document);
  for (const operation of operations)
    await (operation.parameters.length > 0 ? attack.byPath(operation) : attack.bySearch(operation));
  await attack.byReplay();
  const { status, id } = (await a.json('GET', `/api/v1/payments/${victim.paymentId}`)) as Record<string, unknown>;
  if (id !== victim.paymentId || (status === 'CANCELLED' && (before as { status: string }).status !== 'CANCELLED'))
    attack.holes.push('the payment of A was changed');
  return { operations: operations.length, calls: attack.calls, holes: attack.holes };
}

class Attack {
  readonly holes: string[] = [];
  calls = 0;

  constructor(
    private readonly b: Caller,
    private readonly victim: Victim,
  ) {}

  /** With each id of A, and with one of nothing: both answers must be the same refusal. */
  async byPath({ method, path, body }: Operation): Promise<void> {
    for (const id of this.victim.ids) {
      const nothing = /^[0-9a-f-]{36}$/.test(id) ? alike(id) : `${randomUUID().slice(0, 8)}`;
      const theirs = await this.call(method, at(path, id), body);
      const nobodys = await this.call(method, at(path, nothing), body);
      if (theirs.status < 400) this.holes.push(`${method} ${path}: ${theirs.status} with an id of A`);
      if (sayingOf(theirs, id) !== sayingOf(nobodys, nothing))
        this.holes.push(`${method} ${path}: an id of A is answered otherwise than one of nothing`);
      this.look(`${method} ${path}`, theirs, [id]);
    }
  }

  /** With whatever of A fits a parameter of the query, and with none. */
  async bySearch({ method, path, query, body }: Operation): Promise<void> {
    const { cursor, reference, ids } = this.victim;
    const guesses: Record<string, readonly string[]> = { cursor: [cursor, ...ids], reference: [reference], after: ids };
    const searches = query.flatMap((name) =>
      (guesses[name] ?? []).map((value) => new URLSearchParams({ [name]: value })),
    );
    for (const search of ['', ...searches.map((one) => `?${one.toString()}`)])
      this.look(`${method} ${path}`, await this.call(method, `${path}${search}`, body), []);
  }

  /** A's reference and idempotency key are free for B: anything else tells B that A used them. */
  async byReplay(): Promise<void> {
    const { reference, idempotencyKey } = this.victim;
    const body = { amount: '1', currency: 'XAF', reference };
    const headers = { 'Idempotency-Key': idempotencyKey };
    const { status } = await this.call('POST', '/api/v1/payments', body, headers);
    if (status !== 201) this.holes.push(`POST /api/v1/payments: ${status} with a reference and a key that A used`);
  }

  private async call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
    this.calls += 1;
    const reply = await this.b.call(method, path, body, headers);
    if (reply.status >= 500) this.holes.push(`${method} ${path}: ${reply.status}`);
    return reply;
  }

  private look(what: string, { text }: Reply, sent: readonly string[]): void {
    const seen = this.victim.marks.filter((mark) => !sent.includes(mark) && text.includes(mark));
    for (const mark of seen) this.holes.push(`${what}: tells ${mark}, which is A's`);
  }
}

const at = (path: string, id: string): string => path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));

/** As old as the id, so that it is looked for in the same place. */
const alike = (id: string): string => `${id.slice(0, 24)}${randomUUID().slice(24)}`;

/** The answer without what differs from request to request. */
const sayingOf = ({ status, text }: Reply, id: string): string =>
  `${status} ${text
    .replaceAll(id, '*')
    .replace(/"instance":"[^"]*"/, '')
    .replace(/"trace_id":"[^"]*"/, '')}`;
