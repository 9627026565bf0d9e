import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, silentLogger, silentMeter, type Meter } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { aReferenceNumber, aTenant, seenReferencesContract } from '@ferry/recording/testing';
import { RedisConnection, RedisSeenReferences, type RedisConnectionOptions } from '@ferry/redis';
import { Redis } from 'ioredis';
import { Proxy } from '../../../../tests/harness/proxy.js';
import { addressOf, describeWith } from '../../../../tests/harness/services.js';

/** Longer than a machine is paused: what is late here must not count as absent. */
const PATIENT_MS = 60_000;

const held = (referenceNumber = aReferenceNumber()) => ({ referenceNumber, paymentId: newId() });

describeWith(['redis'], 'Redis', () => {
  const url = addressOf('redis') as string;
  const prefix = `test:${newId()}`;
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  async function connection(to: string, patience: Pick<RedisConnectionOptions, 'commandTimeoutMs'> = {}) {
    const made = new RedisConnection({ url: to, purpose: 'test', logger: silentLogger, ...patience });
    opened.unshift(made);
    await eventually('it is connected', () => made.state.connected);
    return made;
  }

  async function connect(): Promise<RedisSeenReferences> {
    const options = { ttlSeconds: 60, prefix, patienceMs: PATIENT_MS };
    const patient = await connection(url, { commandTimeoutMs: PATIENT_MS });
    return new RedisSeenReferences(patient, options, silentLogger, silentMeter);
  }

  /** As in production. */
  async function connectImpatiently(to: string, meter: Meter): Promise<RedisSeenReferences> {
    return new RedisSeenReferences(await connection(to), { ttlSeconds: 60, prefix }, silentLogger, meter);
  }

  seenReferencesContract('RedisSeenReferences', connect);

  describe('what is in Redis', () => {
    const redis = new Redis(url, { lazyConnect: true });
    const tenantId = aTenant();
    beforeAll(() => redis.connect());
    afterAll(() => redis.disconnect());
    const keys = (): Promise<string[]> => redis.keys(`${prefix}:${tenantId}:*`);
    beforeEach(async () => {
      await redis.del('nothing', ...(await keys()));
    });

    test('ends after its time, names the tenant, and does not tell the reference', async () => {
      const one = held('of-a-client');
      await (await connect()).remember(tenantId, [one]);
      const [key = '', ...others] = await keys();
      expect(others).toEqual([]);
      expect(key).not.toContain('of-a-client');
      expect(await redis.ttl(key)).toBeGreaterThan(0);
      expect(await redis.ttl(key)).toBeLessThanOrEqual(60);
      expect(await redis.get(key)).toBe(one.paymentId);
    });

    test('is found by other processes', async () => {
      const one = held();
      await (await connect()).remember(tenantId, [one]);
      expect(await (await connect()).find(tenantId, [one.referenceNumber])).toEqual([one.paymentId]);
    });

    test('is missed when it is gone, and not believed when it is no id', async () => {
      const seen = await connect();
      const [gone, spoilt] = [held(), held()];
      await seen.remember(tenantId, [gone]);
      await redis.del(await keys());
      await seen.remember(tenantId, [spoilt]);
      for (const key of await keys()) await redis.set(key, `not an id'); drop table payments; --`);
      const found = await seen.find(tenantId, [gone.referenceNumber, spoilt.referenceNumber]);
      expect(found).toEqual([undefined, undefined]);
    });

    test('of another type than ours does no harm', async () => {
      const seen = await connect();
      const [one, two] = [held(), held()];
      await seen.remember(tenantId, [one]);
      const [key = ''] = await keys();
      await redis.del(key);
      await redis.rpush(key, 'a list');
      await seen.remember(tenantId, [two]);
      const found = await seen.find(tenantId, [one.referenceNumber, two.referenceNumber]);
      expect(found).toEqual([undefined, two.paymentId]);
    });
  });

  describe('a Redis behind a network', () => {
    const tenantId = aTenant();
    let proxy: Proxy;
    let seen: RedisSeenReferences;
    let counted: string[];
    const one = held();
    beforeEach(async () => {
      proxy = await Proxy.to(url);
      opened.push(proxy);
      counted = [];
      const count: Meter['count'] = (_, labels, by) =>
        void counted.push([...Object.values(labels ?? {}), by].join(' '));
      await (await connect()).remember(tenantId, [one]);
      seen = await connectImpatiently(proxy.through(url), { ...silentMeter, count });
    });

    test('that says nothing is not waited for long', async () => {
      proxy.swallow();
      expect(await seen.find(tenantId, [one.referenceNumber, 'x'])).toEqual([undefined, undefined]);
      await seen.remember(tenantId, [held()]);
      await seen.forget(tenantId, ['x']);
      expect(counted).toEqual(['redis unavailable 2']);
    });

    test('that breaks away is missed by nobody, and is used again when it is back', async () => {
      proxy.refuse();
      expect(await seen.find(tenantId, [one.referenceNumber])).toEqual([undefined]);
      await seen.remember(tenantId, [held()]);
      await seen.forget(tenantId, ['x']);
      proxy.mend();
      await eventually('it finds again', async () => {
        const [id] = await seen.find(tenantId, [one.referenceNumber]);
        return id === one.paymentId;
      });
    });
  });
});
