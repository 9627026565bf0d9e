import { Unavailable } from '@ferry/kernel';
import { RECORDED_EVENT, recordedEventJson } from '../src/domain/recorded-event.js';
import type { RecordedPayment, RecordedPaymentId, Recording, TenantId } from '../src/domain/recorded-payment.js';
import type {
  HeldReference,
  RecordedPaymentQuery,
  RecordedPayments,
  RecordOutcome,
} from '../src/ports/recorded-payments.js';
import { aTenant } from './builders.js';
import type { RecordingStore, StoredEvent } from './recording-store.js';

/** A store with the semantics of the real one. */
export class InMemoryRecordedPayments implements RecordedPayments, RecordingStore {
  readonly payments = this;
  /** `before`: nothing is done. `after`: it is done, but the answer is lost. Either way callers see `Unavailable`. */
  outage: 'before' | 'after' | undefined;
  /** How often each method was called. */
  readonly calls: Record<string, number> = {};

  private readonly rows: RecordedPayment[] = [];
  /** The narrow table; without a row the payments themselves are asked. */
  private readonly references = new Map<string, RecordedPaymentId>();
  private readonly events: (StoredEvent & { readonly tenantId: TenantId })[] = [];

  async record(tenantId: TenantId, recordings: readonly Recording[]): Promise<readonly RecordOutcome[]> {
    await this.reach('record');
    assertOneKind(tenantId, recordings);
    return this.answer(recordings.map((recording) => this.recordOne(tenantId, recording)));
  }

  async holders(
    tenantId: TenantId,
    references: readonly string[],
  ): Promise<readonly (RecordedPaymentId | undefined)[]> {
    await this.reach('holders');
    return this.answer(references.map((reference) => this.holder(tenantId, reference)));
  }

  async find(tenantId: TenantId, ids: readonly RecordedPaymentId[]): Promise<readonly (RecordedPayment | undefined)[]> {
    await this.reach('find');
    const mine = this.rowsOf(tenantId);
    return this.answer(ids.map((id) => structuredClone(mine.find((row) => row.id === id))));
  }

  async list(tenantId: TenantId, query: RecordedPaymentQuery): Promise<readonly RecordedPayment[]> {
    await this.reach('list');
    const found = this.rowsOf(tenantId)
      .filter((row) => matches(row, query))
      .sort((one, other) => (isBefore(other, one) ? -1 : 1));
    return this.answer(structuredClone(found.slice(0, query.limit)));
  }

  async recentReferences(tenantId: TenantId, limit: number): Promise<readonly HeldReference[]> {
    await this.reach('recentReferences');
    const recent = this.rowsOf(tenantId).sort((one, other) => (one.id < other.id ? 1 : -1));
    return this.answer(recent.slice(0, limit).map(({ referenceNumber, id }) => ({ referenceNumber, paymentId: id })));
  }

  outbox(tenantId: TenantId): Promise<readonly StoredEvent[]> {
    const mine = this.events.filter((event) => event.tenantId === tenantId);
    return Promise.resolve(
      mine.map(({ aggregateId, version, type, payload }) => ({ aggregateId, version, type, payload })),
    );
  }

  forget(tenantId: TenantId, references: readonly string[]): Promise<void> {
    for (const reference of references) this.references.delete(keyOf(tenantId, reference));
    return Promise.resolve();
  }

  newTenant(): Promise<TenantId> {
    return Promise.resolve(aTenant());
  }

  private recordOne(tenantId: TenantId, recording: Recording): RecordOutcome {
    const { payment, eventId } = recording;
    const holder = this.holder(tenantId, payment.referenceNumber);
    this.references.set(keyOf(tenantId, payment.referenceNumber), holder ?? payment.id);
    if (holder !== undefined) return { outcome: 'duplicate', paymentId: holder };
    this.rows.push(structuredClone(payment));
    const payload = recordedEventJson({ ...recording, eventId });
    this.events.push({ tenantId, aggregateId: payment.id, version: 1, type: RECORDED_EVENT, payload });
    return { outcome: 'created' };
  }

  private holder(tenantId: TenantId, reference: string): RecordedPaymentId | undefined {
    return (
      this.references.get(keyOf(tenantId, reference)) ??
      this.rowsOf(tenantId).find(({ referenceNumber }) => referenceNumber === reference)?.id
    );
  }

  private rowsOf(tenantId: TenantId): RecordedPayment[] {
    return this.rows.filter((row) => row.tenantId === tenantId);
  }

  /** Every call crosses a wire: it never does anything in the caller's own turn. */
  private async reach(method: string): Promise<void> {
    this.calls[method] = (this.calls[method] ?? 0) + 1;
    await Promise.resolve();
    if (this.outage === 'before') throw new Unavailable('postgres');
  }

  private answer<T>(result: T): T {
    if (this.outage === 'after') throw new Unavailable('postgres');
    return result;
  }
}

const keyOf = (tenantId: TenantId, reference: string): string => JSON.stringify([tenantId, reference]);

function assertOneKind(tenantId: TenantId, recordings: readonly Recording[]): void {
  const kinds = new Set(recordings.map(({ payment }) => `${payment.source} ${payment.createdAt.getTime()}`));
  if (kinds.size > 1) throw new Error('rule broken: recordings of a call share source and moment');
  const foreign = recordings.find(({ payment }) => payment.tenantId !== tenantId);
  if (foreign) throw new Error(`rule broken: all payments belong to ${tenantId}`);
}

type Place = Pick<RecordedPayment, 'paymentDate' | 'id'>;

/** Of the order of payment dates; ids decide between equal ones. */
const isBefore = (one: Place, other: Place): boolean =>
  one.paymentDate.getTime() === other.paymentDate.getTime()
    ? one.id < other.id
    : one.paymentDate.getTime() < other.paymentDate.getTime();

const matches = (row: RecordedPayment, query: RecordedPaymentQuery): boolean =>
  (query.referenceNumber === undefined || row.referenceNumber === query.referenceNumber) &&
  (query.loanAccountNumber === undefined || row.loanAccountNumber === query.loanAccountNumber) &&
  (query.cif === undefined || row.cif === query.cif) &&
  (query.paymentChannel === undefined || row.paymentChannel === query.paymentChannel) &&
  (query.source === undefined || row.source === query.source) &&
  (query.businessUnitId === undefined || row.businessUnitId === query.businessUnitId) &&
  (query.from === undefined || row.paymentDate >= query.from) &&
  (query.to === undefined || row.paymentDate < query.to) &&
  (query.after === undefined || isBefore(row, query.after));
