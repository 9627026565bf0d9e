import { isOver, monthOf, type Month } from '../src/domain/month.js';
import { recordedPaymentJson } from '../src/domain/recorded-event.js';
import type { RecordedPayment, TenantId } from '../src/domain/recorded-payment.js';
import type { AgedReference, AgedReferences, ForgottenReference } from '../src/ports/aged-references.js';
import type { ArchivedRow, MonthRows } from '../src/ports/month-rows.js';
import type { DropCondition, DropOutcome, KeptMonth, PaymentMonths } from '../src/ports/payment-months.js';
import { aTenant } from './builders.js';
import type { UpkeepStore } from './upkeep-store.js';

const PAGE = 2;

/** A store with the semantics of the real one, as far as its upkeep goes. Pages are small, so that there are several. */
export class InMemoryUpkeep implements UpkeepStore, PaymentMonths, MonthRows, AgedReferences {
  readonly months = this;
  readonly rows = this;
  readonly references = this;
  /** Called before a month is dropped: what happens at the same time. */
  meanwhile: () => void = () => {};

  private readonly there = new Map<Month, Date | undefined>();
  private stored: RecordedPayment[] = [];
  private narrowTable: RecordedPayment[] = [];
  /** The reference itself stands for its hash. */
  private hashes: (ForgottenReference & { readonly paymentDate: Date })[] = [];
  private readonly tenantIds: TenantId[] = [];

  list(): Promise<readonly KeptMonth[]> {
    const months = [...this.there].map(([month, keptUntil]) => ({ month, keptUntil, rows: 0, bytes: 0 }));
    return Promise.resolve(months.toSorted((one, other) => (one.month < other.month ? -1 : 1)));
  }

  countStrays(): Promise<number> {
    return Promise.resolve(this.strays().length);
  }

  strayMonths(limit: number): Promise<readonly Month[]> {
    const months = new Set(this.strays().map(({ paymentDate }) => monthOf(paymentDate)));
    return Promise.resolve([...months].toSorted((one, other) => (one < other ? 1 : -1)).slice(0, limit));
  }

  make(month: Month, keptUntil?: Date): Promise<boolean> {
    const isNew = !this.there.has(month);
    const known = this.there.get(month);
    this.there.set(month, known && (!keptUntil || known > keptUntil) ? known : keptUntil);
    return Promise.resolve(isNew);
  }

  drop(month: Month, { now, retentionMonths, rows }: DropCondition): Promise<DropOutcome> {
    this.meanwhile();
    if (!this.there.has(month)) return Promise.resolve('absent');
    const keptUntil = this.there.get(month);
    if (!isOver(month, retentionMonths, now) || (keptUntil && keptUntil > now)) return Promise.resolve('kept');
    const inside = this.stored.filter(({ paymentDate }) => monthOf(paymentDate) === month);
    if (rows !== undefined && rows !== inside.length) return Promise.resolve('changed');
    this.there.delete(month);
    this.stored = this.stored.filter((payment) => !inside.includes(payment));
    return Promise.resolve('dropped');
  }

  async *tenants(month: Month): AsyncGenerator<readonly TenantId[]> {
    const all = this.stored.filter(({ paymentDate }) => monthOf(paymentDate) === month).map(({ tenantId }) => tenantId);
    yield* pages([...new Set(all)].toSorted());
  }

  async *read(tenantId: TenantId, month: Month): AsyncGenerator<readonly ArchivedRow[]> {
    const mine = this.stored.filter(
      (payment) => payment.tenantId === tenantId && monthOf(payment.paymentDate) === month,
    );
    const rows = mine.map((payment) => ({
      line: JSON.stringify({
        ...(JSON.parse(recordedPaymentJson(payment)) as object),
        payment_channel: payment.paymentChannel ?? null,
        tenant_id: tenantId,
        amount_minor: payment.money.amountMinor.toString(),
      }),
      currency: payment.money.currency,
      amountMinor: payment.money.amountMinor,
    }));
    yield* pages(rows);
  }

  putBack(tenantId: TenantId, month: Month, lines: readonly string[]): Promise<number> {
    const payments = lines.map(paymentOf);
    const isWrong = payments.some((one) => one.tenantId !== tenantId || monthOf(one.paymentDate) !== month);
    if (isWrong || !this.tenantIds.includes(tenantId)) return Promise.reject(new Error('not of this tenant and month'));
    this.keepHashes(payments);
    const added = payments.filter(({ id }) => !this.stored.some((one) => one.id === id));
    this.stored.push(...added);
    return Promise.resolve(added.length);
  }

  find(before: Date, limit: number): Promise<readonly AgedReference[]> {
    return Promise.resolve(this.narrowTable.filter(({ createdAt }) => createdAt < before).slice(0, limit));
  }

  forget(tenantId: TenantId, references: readonly string[], before: Date): Promise<number> {
    const gone = this.narrowTable.filter(
      (one) => one.tenantId === tenantId && references.includes(one.referenceNumber) && one.createdAt < before,
    );
    this.narrowTable = this.narrowTable.filter((one) => !gone.includes(one));
    this.keepHashes(gone);
    return Promise.resolve(gone.length);
  }

  findForgotten(before: Date, limit: number): Promise<readonly ForgottenReference[]> {
    return Promise.resolve(this.hashes.filter(({ paymentDate }) => paymentDate < before).slice(0, limit));
  }

  forgetForGood(tenantId: TenantId, hashes: readonly string[], before: Date): Promise<number> {
    const gone = this.hashes.filter(
      (one) =>
        one.tenantId === tenantId &&
        hashes.includes(one.hash) &&
        one.paymentDate < before &&
        !this.there.has(monthOf(one.paymentDate)) &&
        !this.stored.some((payment) => payment.tenantId === tenantId && payment.referenceNumber === one.hash),
    );
    this.hashes = this.hashes.filter((one) => !gone.includes(one));
    return Promise.resolve(gone.length);
  }

  record(payments: readonly RecordedPayment[]): Promise<void> {
    this.stored.push(...payments);
    this.narrowTable.push(...payments);
    return Promise.resolve();
  }

  payments(tenantId: TenantId): Promise<readonly RecordedPayment[]> {
    return Promise.resolve(this.stored.filter((one) => one.tenantId === tenantId));
  }

  known(tenantId: TenantId): Promise<readonly string[]> {
    const mine = this.narrowTable.filter((one) => one.tenantId === tenantId);
    return Promise.resolve(mine.map(({ referenceNumber }) => referenceNumber));
  }

  forgotten(tenantId: TenantId): Promise<readonly Date[]> {
    const mine = this.hashes.filter((one) => one.tenantId === tenantId).map(({ paymentDate }) => paymentDate);
    return Promise.resolve(mine.toSorted((one, other) => one.getTime() - other.getTime()));
  }

  newTenant(): Promise<TenantId> {
    const tenantId = aTenant();
    this.tenantIds.push(tenantId);
    return Promise.resolve(tenantId);
  }

  private strays(): readonly RecordedPayment[] {
    return this.stored.filter(({ paymentDate }) => !this.there.has(monthOf(paymentDate)));
  }

  private keepHashes(payments: readonly RecordedPayment[]): void {
    for (const { tenantId, referenceNumber, paymentDate } of payments)
      if (!this.hashes.some((one) => one.tenantId === tenantId && one.hash === referenceNumber))
        this.hashes.push({ tenantId, hash: referenceNumber, paymentDate });
  }
}

function* pages<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += PAGE) yield all.slice(from, from + PAGE);
}

function paymentOf(line: string): RecordedPayment {
  const row = JSON.parse(line) as Record<string, string> & { metadata: RecordedPayment['metadata'] };
  return {
    tenantId: row.tenant_id ?? '',
    id: row.id ?? '',
    businessUnitId: row.business_unit_id ?? '',
    referenceNumber: row.reference_number ?? '',
    loanAccountNumber: row.loan_account_number ?? '',
    cif: row.cif ?? '',
    money: {
      amountMinor: BigInt(row.amount_minor ?? ''),
      currency: row.currency as RecordedPayment['money']['currency'],
    },
    paymentDate: new Date(row.payment_date ?? ''),
    ...(row.payment_channel != null && { paymentChannel: row.payment_channel }),
    source: row.source as RecordedPayment['source'],
    metadata: row.metadata,
    createdAt: new Date(row.created_at ?? ''),
  };
}
