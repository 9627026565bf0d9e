import { Unavailable } from '@ferry/kernel';
import { eventJson } from '../src/domain/event-json.js';
import { owns, type Owner } from '../src/domain/owner.js';
import { Payment, type Change, type PaymentId, type PaymentState, type TenantId } from '../src/domain/payment.js';
import type { PaymentEvent } from '../src/domain/payment-event.js';
import type { DuePayment, DuePayments } from '../src/ports/due-payments.js';
import type {
  Addition,
  AddOutcome,
  ChangeOutcome,
  HistoryEntry,
  IdempotencyRecord,
  PaymentQuery,
  PaymentRepository,
  Remembered,
} from '../src/ports/payment-repository.js';
import { KeyLocks } from './key-locks.js';
import type { StoredEvent } from './payment-store.js';

interface Row {
  readonly state: PaymentState;
  readonly history: readonly HistoryEntry[];
  /** When the sweeper may claim it; absent when nothing is due. */
  readonly claimableAt: number | undefined;
}

type Decide = (payment: Payment) => Change | undefined;

const keyOf = (tenantId: TenantId, name: string): string => JSON.stringify([tenantId, name]);

/** A store with the semantics of the real one: what PostgreSQL promises by locks and constraints, this promises too. */
export class InMemoryPaymentRepository implements PaymentRepository, DuePayments {
  /** Everything that was told, in commit order. */
  readonly events: PaymentEvent[] = [];

  /** `before`: nothing is done. `after`: it is done, but the answer is lost. Either way callers see `Unavailable`. */
  outage: 'before' | 'after' | undefined;
  /** A payment that the store chokes on: the transaction that would write it is rolled back. */
  failOn: (payment: PaymentState) => boolean = () => false;
  /** Awaited by `change` while it holds its locks. */
  whileLocked: () => Promise<void> = () => Promise.resolve();

  private readonly rows = new Map<string, Row>();
  private readonly references = new Map<string, PaymentId>();
  private readonly keys = new Map<string, IdempotencyRecord & { readonly paymentId: PaymentId }>();
  private readonly payloads: StoredEvent[] = [];
  private readonly locks = new KeyLocks();

  constructor(private readonly options: { readonly graceMs: number } = { graceMs: 0 }) {}

  async add(tenantId: TenantId, additions: readonly Addition[]): Promise<readonly AddOutcome[]> {
    await this.reach();
    const changes = additions.map(({ change }) => change);
    assert(
      changes.every(({ payment }) => payment.state.tenantId === tenantId),
      `all payments belong to ${tenantId}`,
    );
    this.choke(changes);
    return this.answer(additions.map((addition) => this.addOne(tenantId, addition)));
  }

  async change(owner: Owner, ids: readonly PaymentId[], decide: Decide): Promise<readonly ChangeOutcome[]> {
    await this.reach();
    const release = await this.locks.acquire(ids.map((id) => keyOf(owner.tenantId, id)));
    try {
      await this.whileLocked();
      const outcomes = new Map([...new Set(ids)].sort().map((id) => [id, this.decideOne(owner, id, decide)]));
      const changes = [...outcomes.values()].flatMap((one) => (one.outcome === 'changed' ? [one.change] : []));
      this.choke(changes);
      for (const change of changes) this.store(change);
      return this.answer(ids.map((id) => outcomes.get(id) as ChangeOutcome));
    } finally {
      release();
    }
  }

  async remembered(
    tenantId: TenantId,
    keys: readonly Pick<IdempotencyRecord, 'key' | 'fingerprint'>[],
    now: Date,
  ): Promise<readonly (Remembered | undefined)[]> {
    await this.reach();
    return this.answer(keys.map((asked) => this.recall(tenantId, asked, now)));
  }

  async find(owner: Owner, ids: readonly PaymentId[]): Promise<readonly (Payment | undefined)[]> {
    await this.reach();
    return this.answer(ids.map((id) => this.payment(owner, id)));
  }

  async list(owner: Owner, query: PaymentQuery): Promise<readonly Payment[]> {
    await this.reach();
    const found = [...this.rows.values()]
      .map(({ state }) => state)
      .filter((state) => owns(owner, state) && matches(state, query))
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, query.limit);
    return this.answer(found.map((state) => Payment.restore(structuredClone(state))));
  }

  async history(owner: Owner, id: PaymentId): Promise<readonly HistoryEntry[]> {
    await this.reach();
    return this.answer(this.row(owner, id)?.history ?? []);
  }

  async tenants(limit: number, now: Date, after: TenantId = ''): Promise<readonly TenantId[]> {
    await this.reach();
    const waiting = new Set(this.claimable(now).map(({ row }) => row.state.tenantId));
    const sorted = [...waiting].filter((tenantId) => tenantId > after).sort();
    return this.answer(sorted.slice(0, limit));
  }

  async claim(tenantId: TenantId, limit: number, now: Date, until: Date): Promise<readonly DuePayment[]> {
    await this.reach();
    const due = this.claimable(now)
      .filter(({ row }) => row.state.tenantId === tenantId)
      .sort((a, b) => a.at - b.at || (a.row.state.id < b.row.state.id ? -1 : 1))
      .slice(0, limit);
    for (const { key, row } of due) this.rows.set(key, { ...row, claimableAt: until.getTime() });
    return this.answer(due.map(({ row }) => hintOf(row.state)));
  }

  async parked(limit: number, after?: { tenantId: TenantId; paymentId: PaymentId }): Promise<readonly DuePayment[]> {
    await this.reach();
    const rank = (tenantId: TenantId, id: PaymentId): string => `${tenantId} ${id}`;
    const parked = [...this.rows.values()]
      .map(({ state }) => Payment.restore(state))
      .filter(({ isParked }) => isParked)
      .map(({ state }) => ({ state, at: rank(state.tenantId, state.id) }))
      .filter(({ at }) => after === undefined || at > rank(after.tenantId, after.paymentId))
      .sort((a, b) => (a.at < b.at ? -1 : 1));
    return this.answer(parked.slice(0, limit).map(({ state }) => hintOf(state)));
  }

  /** What a real store would have in its outbox. */
  outbox(): Promise<readonly StoredEvent[]> {
    return Promise.resolve([...this.payloads]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private claimable(now: Date): readonly { readonly key: string; readonly row: Row; readonly at: number }[] {
    return [...this.rows]
      .flatMap(([key, row]) => (row.claimableAt === undefined ? [] : [{ key, row, at: row.claimableAt }]))
      .filter(({ at }) => at <= now.getTime());
  }

  private recall(tenantId: TenantId, asked: Pick<IdempotencyRecord, 'key' | 'fingerprint'>, now: Date) {
    const known = this.keys.get(keyOf(tenantId, asked.key));
    if (!known || known.expiresAt <= now) return undefined;
    return known.fingerprint === asked.fingerprint
      ? ({ outcome: 'replayed', paymentId: known.paymentId, response: known.response } as const)
      : ({ outcome: 'key-reused' } as const);
  }

  private addOne(tenantId: TenantId, { change, idempotency }: Addition): AddOutcome {
    const { id, state } = change.payment;
    const known = idempotency && this.recall(tenantId, idempotency, state.updatedAt);
    if (known) return known;
    const paymentId = this.references.get(keyOf(tenantId, state.reference));
    if (paymentId !== undefined) return { outcome: 'duplicate-reference', paymentId };
    assert(!this.rows.has(keyOf(tenantId, id)), `payment ${id} is new`);
    this.references.set(keyOf(tenantId, state.reference), id);
    if (idempotency) this.keys.set(keyOf(tenantId, idempotency.key), { ...idempotency, paymentId: id });
    this.store(change);
    return { outcome: 'added' };
  }

  private decideOne(owner: Owner, id: PaymentId, decide: Decide): ChangeOutcome {
    const payment = this.payment(owner, id);
    if (!payment) return { outcome: 'missing' };
    const change = decide(payment);
    if (!change) return { outcome: 'unchanged', payment };
    assert(change.payment.id === id, `a decision about ${id} changes ${id}`);
    const versions = change.payment.state.version - payment.state.version;
    assert(versions === change.events.length && versions <= 1, `each version of ${id} has its event`);
    return { outcome: 'changed', change };
  }

  private store({ payment: { state }, from, events, unannounced }: Change): void {
    const key = keyOf(state.tenantId, state.id);
    const told = events.map(({ id, version, at }) => ({
      version,
      from,
      to: state.status,
      reason: state.reason,
      at,
      eventId: id,
    }));
    const dueAt = Math.max(state.nextAttemptAt?.getTime() ?? 0, state.leaseUntil?.getTime() ?? 0);
    this.rows.set(key, {
      state: structuredClone(state),
      history: [...(this.rows.get(key)?.history ?? []), ...told],
      claimableAt: state.nextAttemptAt && dueAt + (unannounced ? 0 : this.options.graceMs),
    });
    this.events.push(...events);
    for (const event of events)
      this.payloads.push({
        aggregateId: state.id,
        version: event.version,
        type: event.type,
        payload: eventJson(event),
      });
  }

  private row(owner: Owner, id: PaymentId): Row | undefined {
    const row = this.rows.get(keyOf(owner.tenantId, id));
    return row && owns(owner, row.state) ? row : undefined;
  }

  private payment(owner: Owner, id: PaymentId): Payment | undefined {
    const row = this.row(owner, id);
    return row && Payment.restore(structuredClone(row.state));
  }

  private choke(changes: readonly Change[]): void {
    const bad = changes.find(({ payment }) => this.failOn(payment.state));
    if (bad) throw new Error(`the store cannot write payment ${bad.payment.id}`);
  }

  /** Every call crosses a wire: it never does anything in the caller's own turn. */
  private async reach(): Promise<void> {
    await Promise.resolve();
    if (this.outage === 'before') throw new Unavailable('postgres');
  }

  private answer<T>(result: T): T {
    if (this.outage === 'after') throw new Unavailable('postgres');
    return result;
  }
}

const hintOf = ({ tenantId, id, origin }: PaymentState): DuePayment => ({ tenantId, paymentId: id, origin });

const matches = (state: PaymentState, query: PaymentQuery): boolean =>
  (query.businessUnitId === undefined || state.businessUnitId === query.businessUnitId) &&
  (query.status === undefined || state.status === query.status) &&
  (query.currency === undefined || state.money.currency === query.currency) &&
  (query.reference === undefined || state.reference === query.reference) &&
  (query.createdFrom === undefined || state.createdAt >= query.createdFrom) &&
  (query.createdTo === undefined || state.createdAt < query.createdTo) &&
  (query.before === undefined || state.id < query.before);

function assert(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Error(`rule broken: ${rule}`);
}
