import type {
  HeldReference,
  RecordedPayment,
  RecordedPaymentId,
  RecordedPaymentQuery,
  RecordedPayments,
  Recording,
  RecordOutcome,
  TenantId,
} from '@ferry/recording';
import type { Database } from '../database.js';
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

  list(tenantId: TenantId, query: RecordedPaymentQuery): Promise<readonly RecordedPayment[]> {
    return this.database.tenant(tenantId, (session) => listRecordedPayments(session, tenantId, query));
  }

  recentReferences(tenantId: TenantId, limit: number): Promise<readonly HeldReference[]> {
    return this.database.tenant(tenantId, (session) => recentReferences(session, tenantId, limit));
  }
}
