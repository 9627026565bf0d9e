import {
  QueryTooWide,
  type HeldReference,
  type RecordedPayment,
  type RecordedPaymentId,
  type RecordedPaymentQuery,
  type RecordedPayments,
  type Recording,
  type RecordOutcome,
  type TenantId,
} from '@ferry/recording';
import type { Database } from '../database.js';
import { isStopped } from '../errors.js';
import { findHolders, findRecordedPayments, listRecordedPayments, recentReferences } from './read-recorded-payments.js';
import { recordOutcomes, recordPayments, type Duplicate } from './record-payments.js';

export class PostgresRecordedPayments implements RecordedPayments {
  constructor(private readonly database: Database) {}

  async record(tenantId: TenantId, recordings: readonly Recording[]): Promise<readonly RecordOutcome[]> {
    if (recordings.length === 0) return [];
    return recordOutcomes(recordings, await this.database.statement<Duplicate>(recordPayments(tenantId, recordings)));
  }

  async holders(
    tenantId: TenantId,
    references: readonly string[],
  ): Promise<readonly (RecordedPaymentId | undefined)[]> {
    if (references.length === 0) return [];
    return this.database.tenant(tenantId, (session) => findHolders(session, tenantId, references));
  }

  async find(tenantId: TenantId, ids: readonly RecordedPaymentId[]): Promise<readonly (RecordedPayment | undefined)[]> {
    if (ids.length === 0) return [];
    return this.database.tenant(tenantId, (session) => findRecordedPayments(session, tenantId, ids));
  }

  async list(tenantId: TenantId, query: RecordedPaymentQuery): Promise<readonly RecordedPayment[]> {
    try {
      return await this.database.tenant(tenantId, (session) => listRecordedPayments(session, tenantId, query));
    } catch (error) {
      throw isWide(query) && isStopped((error as Error).cause) ? new QueryTooWide({ cause: error }) : error;
    }
  }

  recentReferences(tenantId: TenantId, limit: number): Promise<readonly HeldReference[]> {
    return this.database.tenant(tenantId, (session) => recentReferences(session, tenantId, limit));
  }
}

/** Channels and sources have no index (docs/recording.md): of a rare one all payments in the range of dates are looked at. */
const isWide = ({ referenceNumber, loanAccountNumber, cif, ...query }: RecordedPaymentQuery): boolean =>
  (query.paymentChannel ?? query.source) !== undefined && (referenceNumber ?? loanAccountNumber ?? cif) === undefined;
