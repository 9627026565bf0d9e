import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { RedisPaymentSignals } from '@ferry/redis';
import { makeAuthority, startRedis, type UrlService } from '../../../../scripts/services/services.mjs';
import { describeWithOwn } from '../../../../tests/harness/services.js';

describeWithOwn(['redis'], 'Redis by TLS', () => {
  const authority = makeAuthority();
  const stranger = makeAuthority();
  let service: UrlService;
  beforeAll(async () => {
    service = await startRedis({ tls: authority.issue('localhost') });
  });
  afterAll(async () => {
    await service?.stop();
    authority.remove();
    stranger.remove();
  });

  async function using(url: string, ca: string | undefined, work: (signals: RedisPaymentSignals) => Promise<void>) {
    const signals = new RedisPaymentSignals({ url, ca: ca && readFileSync(ca, 'utf8'), logger: silentLogger });
    try {
      await work(signals);
    } finally {
      await signals.close();
    }
  }
  const refused = (url: string, ca: string | undefined, why: RegExp): Promise<void> =>
    using(url, ca, async (signals) => {
      await eventually('it says why', () => why.test(signals.state().lastError ?? ''));
      expect(signals.state().connected).toBe(false);
    });

  test('connects, with the authority that signed the server', () =>
    using(service.url, authority.ca, (signals) => eventually('connected', () => signals.state().connected)));

  test('refuses a server that another authority signed', () =>
    refused(service.url, stranger.ca, /unable to verify|self-signed/));

  test('refuses it without an authority of ours: the public ones did not sign it', () =>
    refused(service.url, undefined, /unable to verify|self-signed/));

  test('refuses a certificate for another name', () =>
    refused(service.url.replace('localhost', '127.0.0.1'), authority.ca, /does not match|not in the cert/));

  test('gets nowhere without TLS', () => refused(service.url.replace('rediss:', 'redis:'), undefined, /./));
});
