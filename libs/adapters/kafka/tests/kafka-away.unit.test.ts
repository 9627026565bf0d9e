import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Unavailable, type Logger, type Meter } from '@ferry/kernel';
import { anOutboxEvent } from '@ferry/messaging/testing';
import type { KafkaEventPublisher } from '../src/index.js';
import { aPublisher } from './broker-under-test.js';

describe('kafka event publisher without a broker', () => {
  let publisher: KafkaEventPublisher;
  const servers: net.Server[] = [];
  const sockets: net.Socket[] = [];
  afterEach(async () => {
    await publisher.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  /** What a frozen broker looks like: the kernel accepts, nobody answers. */
  async function silentServer(): Promise<string> {
    const server = net.createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  }

  test('silence: every call rejects at its own deadline, with the reason in state and meter', async () => {
    const failures: unknown[] = [];
    const meter: Meter = { count: (name, labels) => void failures.push([name, labels]), observe() {}, gauge() {} };
    publisher = aPublisher({ brokers: [await silentServer()], deadlineMs: 300 }, undefined, meter);
    const begun = performance.now();
    const calls = [1, 2, 3].map((version) => publisher.publish([anOutboxEvent({ version })]));
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable', service: 'kafka' } });
      expect(outcome).toMatchObject({ reason: { cause: { message: 'no answer within 300 ms' } } });
    }
    // Not at kafkajs's 30 s.
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(failures).toEqual(Array.from({ length: 3 }, () => ['event_publish_failures_total', { reason: 'deadline' }]));
    expect(publisher.state().connected).toBe(false);
  });

  test('close does not wait for a silent server', async () => {
    publisher = aPublisher({ brokers: [await silentServer()] });
    const begun = performance.now();
    await publisher.close();
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test('refused: rejects without waiting for the deadline, logs once however often it tries', async () => {
    const address = await silentServer();
    servers.splice(0).forEach((server) => server.close());
    const lines: string[] = [];
    const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
    const logger: Logger = { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
    publisher = aPublisher({ brokers: [address] }, logger);
    for (let i = 0; i < 5; i += 1) await expect(publisher.publish([anOutboxEvent()])).rejects.toThrow(Unavailable);
    expect(publisher.state()).toMatchObject({ connected: false, lastError: expect.stringContaining('ECONNREFUSED') });
    expect(lines).toEqual(['warn kafka unavailable']);
  });

  test('an empty publish needs no broker', async () => {
    publisher = aPublisher({ brokers: ['127.0.0.1:1'] });
    await expect(publisher.publish([])).resolves.toBeUndefined();
  });

  test('more calls than anybody needs are refused instead of piling up', async () => {
    publisher = aPublisher({ brokers: [await silentServer()], deadlineMs: 200 });
    const calls = Array.from({ length: 1001 }, () => publisher.publish([anOutboxEvent()]));
    await expect(calls.at(-1)).rejects.toMatchObject({ cause: { message: '1000 publishes wait' } });
    await Promise.allSettled(calls);
  });
});
