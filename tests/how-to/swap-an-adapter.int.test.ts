import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger, silentMeter, traceIdOf } from '@ferry/kernel';
import type { EventPublisher, OutboxEvent } from '@ferry/messaging';
import { eventPublisherContract, type SeenEvent } from '@ferry/messaging/testing';
import { anInstruction } from '@ferry/payments/testing';
import { composeEngine, engineSettings, Lifecycle, readSettings, T, workerSettings } from '@ferry/wiring';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

/** 1. The adapter: events as lines of a file. */
class FileEventPublisher implements EventPublisher {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** One call after the other, so that the events of a payment keep their order. */
  publish(events: readonly OutboxEvent[]): Promise<void> {
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    const turn = this.last.then(() => appendFile(this.file, lines, { flush: true }));
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-how-to-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const linesOf = async (file: string): Promise<OutboxEvent[]> =>
  (await readFile(file, 'utf8')).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as OutboxEvent]));

const asSeen = (event: OutboxEvent): SeenEvent => ({
  topic: event.topic,
  key: event.aggregateId,
  payload: Buffer.from(event.payload),
  eventId: event.eventId,
  type: event.type,
  version: event.version,
  tenantId: event.tenantId,
  at: new Date(event.at),
  correlationId: event.origin.correlationId,
  traceId: traceIdOf(event.origin.traceparent),
});

/** 2. The proof: the contract suite of the port. */
eventPublisherContract('in a file', async () => {
  const file = join(directory, crypto.randomUUID());
  return {
    publisher: new FileEventPublisher(file),
    topic: 'payment.events',
    seen: async () => (await linesOf(file)).map(asSeen),
    stop: async () => undefined,
  };
});

/** 3. The swap: one token of the engine bound otherwise, all else as in production. */
let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  const [[, start]] = postgresServers as [(typeof postgresServers)[number]];
  server = await start();
  database = await makeDatabase(server);
});
afterAll(async () => {
  await database?.close();
  await server?.close();
});

test('a payment goes through the engine and its events end in the file', async () => {
  const environment = { DATABASE_URL: database.appUrl, DATABASE_SWEEPER_URL: database.sweeperUrl };
  const settings = readSettings({ ...engineSettings, ...workerSettings }, environment);
  const lifecycle = new Lifecycle();
  const container = composeEngine({
    settings,
    workerSettings: settings,
    logger: silentLogger,
    meter: silentMeter,
    lifecycle,
  });
  const file = join(directory, 'events');
  container.rebind(T.EventPublisher).toConstantValue(new FileEventPublisher(file));
  try {
    const instruction = anInstruction({ reference: 'SIM-SUCCESS-1' });
    const [created] = await container.get(T.CreatePayments).execute([{ instruction, respond: ({ id }) => id }]);
    if (created?.outcome !== 'created') throw new Error('not created');
    const message = { tenantId: instruction.tenantId, paymentId: created.payment.id, attempt: 0 };
    expect(await container.get(T.ProcessPayments).handle([message])).toEqual([{ outcome: 'done' }]);

    expect(await container.get(T.RelayEvents).run()).toMatchObject({ published: 2 });

    const events = await linesOf(file);
    expect(events.map(({ type, version }) => [type, version])).toEqual([
      ['payment.created', 1],
      ['payment.succeeded', 2],
    ]);
  } finally {
    await lifecycle.close(5_000, silentLogger);
  }
});
