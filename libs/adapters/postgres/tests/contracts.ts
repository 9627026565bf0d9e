import { randomBytes } from 'node:crypto';
import { outboxContract, type OutboxUnderTest } from '@ferry/messaging/testing';
import { duePaymentsContract, paymentRepositoryContract, type MakePaymentStore } from '@ferry/payments/testing';
import { PostgresDuePayments, PostgresOutbox, PostgresPaymentRepository } from '@ferry/postgres';
import type { TestDatabase } from '../../../../tests/harness/postgres.js';

/** What payments and messaging ask of PostgreSQL, of whatever database is there when the tests run. */
export function paymentContracts(database: () => TestDatabase): void {
  const empty = (): Promise<unknown> =>
    database()
      .query(`truncate payments.payments, payments.payment_history, payments.payment_references, payments.idempotency_keys,
      messaging.outbox, messaging.relay_leases, messaging.parked_aggregates`);
  const newTenant = async (): Promise<string> => {
    const tenantId = `t-${randomBytes(8).toString('hex')}`;
    await database().addTenant(tenantId);
    return tenantId;
  };

  const makeStore: MakePaymentStore = async ({ graceMs }) => {
    await empty();
    return {
      repository: new PostgresPaymentRepository(database().app, { sweepGraceMs: graceMs }),
      due: new PostgresDuePayments(database().app, database().sweeper),
      outbox: () =>
        database().query(
          'select aggregate_id as "aggregateId", version, event_type as type, payload from messaging.outbox order by 1, 2',
        ),
      newTenant,
      close: async () => {},
    };
  };
  paymentRepositoryContract('PostgresPaymentRepository', makeStore);
  duePaymentsContract('PostgresDuePayments', makeStore);

  outboxContract('PostgresOutbox', async (): Promise<OutboxUnderTest> => {
    await empty();
    return {
      outbox: new PostgresOutbox(database().app, database().sweeper),
      write: async (events) => {
        await database().query(
          `insert into messaging.outbox (tenant_id, topic, aggregate_id, version, event_id, event_type, at, payload, correlation_id, traceparent)
           select * from unnest($1::varchar[], $2::varchar[], $3::uuid[], $4::int[], $5::uuid[], $6::varchar[], $7::timestamptz[], $8::text[],
             $9::varchar[], $10::varchar[])`,
          [
            events.map(({ tenantId }) => tenantId),
            events.map(({ topic }) => topic),
            events.map(({ aggregateId }) => aggregateId),
            events.map(({ version }) => version),
            events.map(({ eventId }) => eventId),
            events.map(({ type }) => type),
            events.map(({ at }) => at.toISOString()),
            events.map(({ payload }) => payload),
            events.map(({ origin }) => origin.correlationId),
            events.map(({ origin }) => origin.traceparent),
          ],
        );
      },
      newTenant,
      close: async () => {},
    };
  });
}
