import { randomBytes } from 'node:crypto';
import { PostgresRecordedPayments } from '@ferry/postgres';
import { recordedPaymentsContract, upkeepContract, type RecordingStore } from '@ferry/recording/testing';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';
import { forgetReferences } from './forget-references.js';
import { makeUpkeepStore } from './upkeep-store.js';

/** The store of a database, with tenants of its own. */
export const recordingStore = (database: () => TestDatabase): RecordingStore => ({
  payments: new PostgresRecordedPayments(database().app),
  outbox: (tenantId) =>
    database().query(
      `select aggregate_id as "aggregateId", version, event_type as type, payload from messaging.outbox where tenant_id = $1`,
      [tenantId],
    ),
  forget: async (tenantId, references) => void (await forgetReferences(database().app, tenantId, references)),
  newTenant: async () => {
    const tenantId = `t-${randomBytes(8).toString('hex')}`;
    await database().addTenant(tenantId);
    return tenantId;
  },
});

/** What recording asks of PostgreSQL, of whatever database is there when the tests run. */
export function recordingContracts(database: () => TestDatabase): void {
  recordedPaymentsContract('PostgresRecordedPayments', () => Promise.resolve(recordingStore(database)));
  upkeepContract('PostgreSQL', () => makeUpkeepStore(database()));
}
