import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { freePorts } from '../../scripts/services/services.mjs';
import { FerryProcess, runCommand, startServer } from '../harness/ferry.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

const ROWS = 1_200;

/** What an operator sees of recording, of an api and a worker as processes of their own, without Kafka and Redis. */
describe('monitoring of a cluster', () => {
  let server: TestServer;
  let database: TestDatabase;
  let api: Awaited<ReturnType<typeof startServer>>;
  let worker: FerryProcess;
  let workerUrl = '';
  const get = async (url: string): Promise<{ status: number; text: string; body: any }> => {
    const answer = await fetch(url);
    const text = await answer.text();
    return { status: answer.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined };
  };
  const environment = () => ({ DATABASE_URL: database.appUrl, DATABASE_SWEEPER_URL: database.sweeperUrl });

  beforeAll(async () => {
    const [, start] = postgresServers[0] as (typeof postgresServers)[number];
    server = await start();
    database = await makeDatabase(server);
    api = await startServer('api', environment());
  }, 120_000);
  afterAll(async () => {
    await worker?.stop();
    await api?.stop();
    await database?.close();
    await server?.close();
  });

  test('health has the fields of the source design, and says what it cannot know yet', async () => {
    const { status, body } = await get(`${api.url}/health`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'healthy',
      lacking: [],
      details: {
        kafka: { status: 'not-configured' },
        redis: { status: 'not-configured' },
        staging: { status: 'not-counted' },
      },
    });
    expect(body.checks).toStrictEqual({
      database: 'ok',
      kafka: 'ok',
      redis: 'ok',
      staging_backlog: 0,
      last_staging_run: 'never',
    });
    expect((await get(`${api.url}/health/live`)).body).toStrictEqual({ status: 'ok' });
  });

  test('what waits is told before it is drained, and what was done after', async () => {
    await database.query(
      `insert into payment_staging (reference_number, loan_account_number, cif, amount, payment_date, payment_channel)
       select 'm-' || n, 'LN-' || n % 7, 'CIF-1', 10, '2026-11-20 09:00:00', '=cmd' from generate_series(1, $1) n`,
      [ROWS],
    );
    const added = await runCommand(
      ['staging', 'sources', 'add', 'default', 'public.payment_staging', '--currency', 'USD'],
      environment(),
    );
    expect(added.code).toBe(0);
    const waiting = await get(`${api.url}/api/v1/payments/stats`);
    expect(waiting.body.staging).toEqual({ processed_today: 0, pending_count: ROWS, average_batch_time_ms: 0 });
    const [port = 0] = await freePorts(1);
    workerUrl = `http://127.0.0.1:${port}`;
    worker = new FerryProcess('worker', [], { ...environment(), METRICS_PORT: String(port) });
    await worker.said('worker runs');
    await eventually('all is drained, and told', async () => {
      const { body } = await get(`${api.url}/api/v1/payments/stats`);
      return body.staging.processed_today === ROWS && body.staging.pending_count === 0;
    });
    const { body } = await get(`${api.url}/api/v1/payments/stats`);
    expect(body.staging.average_batch_time_ms).toBeGreaterThan(0);
    expect(body.webhooks).toEqual({ received_today: 0, duplicate_rate: 0, average_response_time_ms: 0 });
  }, 120_000);

  test('the api tells in its health what a worker has counted', async () => {
    // The worker counts every 10 s, and may have counted while it drained.
    await eventually('it knows of the last run, and that nothing waits', async () => {
      const { checks, details } = (await get(`${api.url}/health`)).body;
      return (
        checks.last_staging_run !== 'never' && details.staging.status === 'counted' && checks.staging_backlog === 0
      );
    });
    const { body } = await get(`${api.url}/health`);
    expect(new Date(body.checks.last_staging_run).toISOString()).toBe(body.checks.last_staging_run);
  });

  test('all of it is listed by pages and exported as CSV, each once', async () => {
    const seen = new Set<string>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor && `&cursor=${cursor}`;
      const { body } = await get(`${api.url}/api/v1/recorded-payments?limit=100&source=staging${after}`);
      for (const { id } of body.data) seen.add(id);
      cursor = body.next_cursor;
    }
    expect(seen.size).toBe(ROWS);
    const { text } = await get(`${api.url}/api/v1/recorded-payments.csv`);
    const rows = text.trimEnd().split('\r\n').slice(1);
    expect(new Set(rows.map((row) => row.split(',')[0]))).toEqual(seen);
    expect(rows.every((row) => row.includes(",'=cmd,"))).toBe(true);
    const one = await get(`${api.url}/api/v1/recorded-payments?reference_number=m-77`);
    expect(one.body.data).toHaveLength(1);
    expect((await get(`${api.url}/api/v1/recorded-payments/${one.body.data[0].id}`)).body).toEqual(one.body.data[0]);
  });

  test('a worker tells the same health, and the gauges that alarms ask for', async () => {
    const { body } = await get(`${workerUrl}/health`);
    expect(Object.keys(body.checks).sort()).toEqual([
      'database',
      'kafka',
      'last_staging_run',
      'redis',
      'staging_backlog',
    ]);
    for (const gauge of [
      /^ferry_staging_backlog 0$/m,
      /^ferry_partition_space_used\{name="months"\} 0(\.\d+)?$/m,
      /^ferry_db_pool_connections_max 10$/m,
    ])
      await eventually(`it tells ${gauge}`, async () => gauge.test((await get(`${workerUrl}/metrics`)).text));
  });
});
