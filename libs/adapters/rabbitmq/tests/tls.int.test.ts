import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { makeAuthority, startRabbitMq, type UrlService } from '../../../../scripts/services/services.mjs';
import { describeWithOwn } from '../../../../tests/harness/services.js';

describeWithOwn(['rabbitmq'], 'RabbitMQ by TLS', () => {
  const authority = makeAuthority();
  const stranger = makeAuthority();
  let service: UrlService;
  beforeAll(async () => {
    service = await startRabbitMq({ tls: authority.issue('localhost') });
  });
  afterAll(async () => {
    await service?.stop();
    authority.remove();
    stranger.remove();
  });

  async function using(url: string, ca: string | undefined, work: (queue: RabbitMqPaymentQueue) => Promise<void>) {
    const queue = new RabbitMqPaymentQueue({ url, ca: ca && readFileSync(ca, 'utf8') });
    try {
      await work(queue);
    } finally {
      await queue.close();
    }
  }
  const refused = (url: string, ca: string | undefined, why: RegExp): Promise<void> =>
    using(url, ca, async (queue) => {
      await eventually('it says why', () => why.test(queue.state().lastError ?? ''));
      expect(queue.state().connected).toBe(false);
    });

  test('publishes, with the authority that signed the broker', () =>
    using(service.url, authority.ca, async (queue) => {
      await eventually('connected', () => queue.state().connected);
      await queue.publish([{ tenantId: 't', paymentId: '019aa0e0-0000-7000-8000-000000000001', attempt: 0 }]);
    }));

  test('refuses a broker that another authority signed', () =>
    refused(service.url, stranger.ca, /unable to verify|self-signed/));

  test('refuses it without an authority of ours: the public ones did not sign it', () =>
    refused(service.url, undefined, /unable to verify|self-signed/));

  test('refuses a certificate for another name', () =>
    refused(service.url.replace('localhost', '127.0.0.1'), authority.ca, /does not match|not in the cert/));

  test('gets nowhere without TLS', () => refused(service.url.replace('amqps:', 'amqp:'), undefined, /./));
});
