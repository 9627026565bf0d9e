import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { readTopic } from '../../apps/cli/src/torture/kafka-events.js';
import { kafkaUser, makeAuthority } from '../../scripts/services/services.mjs';
import { Client } from '../harness/client.js';
import { FerryProcess, runCommand } from '../harness/ferry.js';
import { startSecureServices, type SecureServices } from '../harness/secure-services.js';
import { describeWithOwn } from '../harness/services.js';

/** The topic is being made meanwhile. */
const noneYet = (error: Error & { retriable?: boolean }): readonly [] => {
  if (error.retriable !== true) throw error;
  return [];
};

/** Nothing here speaks anything but TLS: who did not ask for it would get nowhere. */
describeWithOwn(['postgres', 'rabbitmq', 'kafka', 'redis'], 'TLS to everything at once', () => {
  const processes: FerryProcess[] = [];
  const stranger = makeAuthority();
  let services: SecureServices;
  let ca: Buffer;
  let key: string;
  beforeAll(async () => {
    services = await startSecureServices();
    ca = readFileSync(services.authority.ca);
    const { DATABASE_URL = '', DATABASE_SWEEPER_URL = '' } = services.environment();
    const logins = { DATABASE_URL, DATABASE_SWEEPER_URL };
    const { output } = await runCommand(['tenants', 'create', 'shop', '--json'], logins);
    ({ key } = JSON.parse(output) as { key: string });
  }, 120_000);
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    await services?.stop();
    stranger.remove();
  });

  function run(program: 'api' | 'worker', environment: Readonly<Record<string, string>>): FerryProcess {
    const process_ = new FerryProcess(program, [], { LOG_LEVEL: 'debug', ...environment });
    processes.push(process_);
    return process_;
  }
  /** Node would then believe everybody. */
  const careless = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const https = () => ({ TLS_CERT_FILE: services.own.cert, TLS_KEY_FILE: services.own.key });
  const clientOf = async (api: FerryProcess): Promise<Client> =>
    new Client(`https://localhost:${String((await api.said('api listens')).port)}`, { sockets: 5, ca });

  test('a payment made over HTTPS with a key ends, and Kafka has its events', async () => {
    const api = run('api', { ...services.environment(), ...https(), FERRY_AUTH: 'keys' });
    const worker = run('worker', services.environment());
    const client = await clientOf(api);
    const authorization = { Authorization: `Bearer ${key}` };
    await eventually('the api has all it needs', async () => {
      const { status, body } = await client.get('/health');
      return status === 200 && body.lacking.length + body.degraded.length === 0 && body.details.kafka.status === 'ok';
    });
    await worker.said('worker runs');
    const created = await client.pay('SIM-SUCCESS-tls', {}, authorization);
    expect(created.status).toBe(201);
    const { id } = created.body;
    await eventually('it ends', async () => {
      const { body } = await client.get(`/api/v1/payments/${id}?wait=5`, authorization);
      return body.status === 'SUCCESS';
    });
    const security = { ssl: { ca: ca.toString() }, sasl: { mechanism: 'plain', ...kafkaUser } } as const;
    await eventually('Kafka has both events', async () => {
      const told = (await readTopic(services.kafka.brokers, security).catch(noneYet)).filter(
        ({ paymentId }) => paymentId === id,
      );
      return told.map(({ version }) => version).join() === '1,2';
    });
    // Requests are counted in Redis, by a connection of its own.
    await eventually('it is there', () =>
      api.lines.some(({ message, purpose }) => message === 'redis connected' && purpose === 'rate-limits'),
    );
    client.close();
  }, 120_000);

  test('a database signed by another authority is waited for, and the api says why', async () => {
    const api = run('api', { ...services.environment(stranger.ca), ...https(), ...careless });
    const away = await api.said('postgres is away');
    expect(away).toMatchObject({ error_code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    const client = await clientOf(api);
    expect((await client.get('/health/ready')).status).toBe(503);
    client.close();
  });

  test('other services signed by another authority are away; nothing is sent to them', async () => {
    const { DATABASE_URL = '', DATABASE_SWEEPER_URL = '' } = services.environment();
    const worker = run('worker', {
      ...services.environment(stranger.ca),
      ...careless,
      DATABASE_URL,
      DATABASE_SWEEPER_URL,
    });
    for (const message of ['rabbitmq is away', 'kafka unavailable', 'redis is away'])
      expect((await worker.said(message)).error).toMatch(/unable to verify|self-signed/);
  });

  test('no process has logged a password or a key', () => {
    const lines = processes.flatMap((one) => one.lines.map((line) => JSON.stringify(line)));
    expect(lines.length).toBeGreaterThan(20);
    for (const secret of [...services.secrets, key.slice(key.lastIndexOf('_') + 1)])
      expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  });
});
