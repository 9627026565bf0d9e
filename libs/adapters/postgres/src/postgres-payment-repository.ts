import type {
  Addition,
  AddOutcome,
  Change,
  ChangeOutcome,
  HistoryEntry,
  IdempotencyRecord,
  Owner,
  Payment,
  PaymentId,
  PaymentQuery,
  PaymentRepository,
  Remembered,
  TenantId,
} from '@ferry/payments';
import { addPayments, outcomesOf, type Refusal } from './add-payments.js';
import { addInRounds } from './add-in-rounds.js';
import { changePayments } from './change-payments.js';
import type { Database } from './database.js';
import { findRemembered } from './find-remembered.js';
import { findPayments, listPayments, readHistory } from './read-payments.js';

export interface PostgresPaymentsOptions {
  /** How long after a payment is due the sweeper begins to speak for it. */
  readonly sweepGraceMs: number;
}

export class PostgresPaymentRepository implements PaymentRepository {
  constructor(
    private readonly database: Database,
    private readonly options: PostgresPaymentsOptions,
  ) {}

  add(tenantId: TenantId, additions: readonly Addition[]): Promise<readonly AddOutcome[]> {
    return addInRounds(additions, async (round) => {
      const refusals = await this.database.statement<Refusal>(addPayments(tenantId, round, this.options.sweepGraceMs));
      return outcomesOf(round, refusals);
    });
  }

  async change(
    owner: Owner,
    ids: readonly PaymentId[],
    decide: (payment: Payment) => Change | undefined,
  ): Promise<readonly ChangeOutcome[]> {
    if (ids.length === 0) return [];
    return this.database.tenant(owner.tenantId, (session) =>
      changePayments(session, owner, ids, decide, this.options.sweepGraceMs),
    );
  }

  async remembered(
    tenantId: TenantId,
    keys: readonly Pick<IdempotencyRecord, 'key' | 'fingerprint'>[],
    now: Date,
  ): Promise<readonly (Remembered | undefined)[]> {
    if (keys.length === 0) return [];
    return this.database.tenant(tenantId, (session) => findRemembered(session, tenantId, keys, now));
  }

  async find(owner: Owner, ids: readonly PaymentId[]): Promise<readonly (Payment | undefined)[]> {
    if (ids.length === 0) return [];
    return this.database.tenant(owner.tenantId, (session) => findPayments(session, owner, ids));
  }

  list(owner: Owner, query: PaymentQuery): Promise<readonly Payment[]> {
    return this.database.tenant(owner.tenantId, (session) => listPayments(session, owner, query));
  }

  history(owner: Owner, id: PaymentId): Promise<readonly HistoryEntry[]> {
    return this.database.tenant(owner.tenantId, (session) => readHistory(session, owner, id));
  }
}
