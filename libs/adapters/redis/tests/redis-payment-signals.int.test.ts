import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { PaymentSignal } from '@ferry/payments';
import { eventually, paymentSignalsContract } from '@ferry/payments/testing';
import { RedisPaymentSignals } from '@ferry/redis';
import { Redis } from 'ioredis';
import { startRedis, type UrlService } from '../../../../scripts/services/services.mjs';
import { addressOf, describeWith, describeWithOwn } from '../../../../tests/harness/services.js';

describeWith(['redis'], 'Redis', () => {
  const url = addressOf('redis') as string;

  paymentSignalsContract('RedisPaymentSignals', async () => {
    const channel = `test:${newId()}`;
    const announcer = new RedisPaymentSignals({ url, channel });
    const hearer = new RedisPaymentSignals({ url, channel });
    await eventually('both are connected', () => announcer.state().connected && hearer.state().connected);
    const close = async (): Promise<void> => void (await Promise.all([announcer.close(), hearer.close()]));
    return { announcer, hearer, close };
  });

  test('what others publish on the channel does no harm', async () => {
    const channel = `test:${newId()}`;
    const signals = new RedisPaymentSignals({ url, channel });
    const redis = new Redis(url);
    const heard: PaymentSignal[] = [];
    signals.listen((ended) => heard.push(...ended));
    await eventually('it listens', () => signals.state().connected);
    for (const text of ['', '{', 'null', '[1]', '{"tenant_id":"a"}']) await redis.publish(channel, text);
    const paymentId = newId();
    await redis.publish(channel, JSON.stringify([{ tenant_id: 'acme', payment_id: paymentId }]));
    await eventually('the good one is heard', () => heard.length > 0);
    expect(heard).toEqual([{ tenantId: 'acme', paymentId }]);
    redis.disconnect();
    await signals.close();
  });
});

describeWithOwn(['redis'], 'a Redis that goes and comes', () => {
  let redis: UrlService;
  let signals: RedisPaymentSignals;
  const heard: PaymentSignal[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    await redis.kill();
    signals = new RedisPaymentSignals({ url: redis.url });
    signals.listen((ended) => heard.push(...ended));
  });

  afterAll(async () => {
    await signals.close();
    await redis.stop();
  });

  const aSignal = (): PaymentSignal => ({ tenantId: 'acme', paymentId: newId() });

  /** Announces until one gets through. */
  const works = async (): Promise<void> => {
    const before = heard.length;
    await eventually('one is heard', () => {
      signals.announce([aSignal()]);
      return heard.length > before;
    });
  };

  test('closes also while it is away, more than once, and says that it is closed', async () => {
    const other = new RedisPaymentSignals({ url: redis.url });
    other.listen(() => {});
    await eventually('it was tried', () => other.state().lastError !== undefined);
    await other.close();
    await other.close();
    expect(other.state()).toMatchObject({ connected: false, lastError: 'closed' });
    other.announce([aSignal()]);
  });

  test('starts without it, says so, and connects when it is there', async () => {
    signals.announce([aSignal()]);
    await eventually('it knows why', () => signals.state().lastError !== undefined);
    expect(signals.state()).toMatchObject({ connected: false, lastError: expect.stringMatching(/ECONNREFUSED/) });
    await redis.restart();
    await works();
    expect(signals.state().connected).toBe(true);
  });

  test('comes back after a kill -9', async () => {
    await redis.kill();
    await eventually('it is noticed', () => !signals.state().connected);
    signals.announce([aSignal()]);
    await redis.restart();
    await works();
  });

  test('does not wait for a frozen one, and is itself again when it thaws', async () => {
    process.kill(redis.pid, 'SIGSTOP');
    for (let i = 0; i < 5_000; i += 1) signals.announce([aSignal()]);
    await eventually('the silence is noticed', () => !signals.state().connected);
    process.kill(redis.pid, 'SIGCONT');
    await works();
  });
});
