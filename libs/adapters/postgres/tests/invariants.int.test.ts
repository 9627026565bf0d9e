import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { wholeTenant } from '@ferry/payments';
import { anAddition } from '@ferry/payments/testing';
import { PostgresMaintenance, PostgresPaymentRepository, verifyInvariants } from '@ferry/postgres';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';

/** What `ferry verify` promises to notice, each broken on purpose by the administrator. */
describe.each(postgresServers)('invariants on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let repository: PostgresPaymentRepository;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    await database.addTenant('other');
    repository = new PostgresPaymentRepository(database.app, { sweepGraceMs: 0 });
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  const broken = async (): Promise<string[]> =>
    (await verifyInvariants(database.app, database.sweeper)).filter((one) => one.broken > 0).map(({ name }) => name);

  beforeEach(async () => {
    await database.query(`truncate payments.payments, payments.payment_history, payments.payment_references, payments.idempotency_keys,
      messaging.outbox`);
    for (const tenantId of ['default', 'other']) {
      const additions = Array.from({ length: 5 }, (_, i) =>
        anAddition({ tenantId, reference: `r${i}` }, { key: `k${i}` }),
      );
      await repository.add(tenantId, additions);
      const ids = additions.map(({ change }) => change.payment.id);
      const now = new Date();
      await repository.change(wholeTenant(tenantId), ids.slice(0, 2), (payment) =>
        payment.takeUp({ now, eventId: newId() }, new Date(now.getTime() + 1_000)),
      );
      await repository.change(wholeTenant(tenantId), ids.slice(0, 1), (payment) =>
        payment.succeed({ now, eventId: newId() }),
      );
    }
  });

  test('hold for what the engine writes', async () => {
    const results = await verifyInvariants(database.app, database.sweeper);
    expect(results.filter((one) => one.broken > 0)).toEqual([]);
    expect(Object.fromEntries(results.map(({ name, checked }) => [name, checked]))).toMatchObject({
      'history-complete': 10,
      'history-legal': 16,
      'reference-unique': 10,
      'key-answers': 10,
      'outbox-gapless': 10,
      'nothing-stuck': 8,
    });
  });

  const anId = `(select id from payments.payments where tenant_id = 'other' and status = 'SUCCESS')`;
  test.each([
    [
      'a history row is missing',
      `delete from payments.payment_history where payment_id = ${anId} and version = 2`,
      ['history-complete', 'history-legal'],
    ],
    [
      'a status that history does not know',
      `update payments.payments set status = 'FAILED' where id = ${anId}`,
      ['history-complete'],
    ],
    [
      'an illegal step',
      `update payments.payment_history set to_status = 'CANCELLED' where payment_id = ${anId} and version = 3`,
      ['history-complete', 'history-legal'],
    ],
    [
      'ended twice',
      `with twice as (insert into payments.payment_history select tenant_id, payment_id, 4, 'SUCCESS', 'FAILED', null, gen_random_uuid(), at
         from payments.payment_history where payment_id = ${anId} and version = 3 returning payment_id)
       update payments.payments set version = 4, status = 'FAILED' where id = (select payment_id from twice)`,
      ['history-legal', 'ended-once', 'outbox-gapless'],
    ],
    [
      'a reference that names no payment',
      `insert into payments.payment_references values ('other', 'ghost', gen_random_uuid())`,
      ['reference-unique'],
    ],
    [
      'a payment without its reference',
      `delete from payments.payment_references where payment_id = ${anId}`,
      ['reference-unique'],
    ],
    [
      'a key that names no payment',
      `update payments.idempotency_keys set payment_id = gen_random_uuid() where payment_id = ${anId}`,
      ['key-answers'],
    ],
    [
      'an event is missing in the middle',
      `delete from messaging.outbox where aggregate_id = ${anId} and version = 2`,
      ['outbox-gapless'],
    ],
    [
      'the last event is missing',
      `delete from messaging.outbox where aggregate_id = ${anId} and version = 3`,
      ['outbox-gapless'],
    ],
    [
      'a payment nobody will take up',
      `update payments.payments set next_attempt_at = null, sweep_at = null where tenant_id = 'other' and status = 'PENDING'`,
      ['nothing-stuck'],
    ],
    [
      'a payment outside the partitions',
      `insert into payments.payment_history values ('other', 'ffffffff-ffff-7fff-bfff-ffffffffffff', 1, null, 'PENDING', null, gen_random_uuid(), now())`,
      ['no-strays'],
    ],
  ])('%s is noticed', async (_what, harm, names) => {
    await database.query(harm);
    expect(await broken()).toEqual(names);
  });

  test('maintenance makes partitions ahead, says nothing twice, and forgets only expired keys', async () => {
    const maintenance = new PostgresMaintenance(database.app, database.sweeper);
    const inYears = new Date(Date.now() + 3 * 366 * 86_400_000);
    expect(await maintenance.makePartitions(inYears)).toBe(12);
    expect(await maintenance.makePartitions(inYears)).toBe(0);
    expect(await maintenance.countStrays()).toBe(0);
    expect(await maintenance.forgetExpiredKeys(new Date())).toBe(0);
    const atNight = new Date(Date.now() + 400 * 86_400_000);
    expect(await maintenance.forgetExpiredKeys(atNight)).toBe(10);
    expect(await maintenance.countAttention(100)).toBe(0);
  });

  test('many processes make the same partitions at once', async () => {
    const maintenance = new PostgresMaintenance(database.app, database.sweeper);
    const inYears = new Date(Date.now() + 5 * 366 * 86_400_000);
    const made = await Promise.all(Array.from({ length: 4 }, () => maintenance.makePartitions(inYears)));
    expect(made.reduce((sum, one) => sum + one, 0)).toBe(12);
  });
});
