import { beforeEach, describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { wholeTenant } from '../src/domain/owner.js';
import type { Change, Payment } from '../src/domain/payment.js';
import { anAddition, anOccasion } from '../testing/builders.js';
import { InMemoryPaymentRepository } from '../testing/in-memory-payment-repository.js';

describe('what a test can do to InMemoryPaymentRepository', () => {
  const tenantId = 'acme';
  let store: InMemoryPaymentRepository;
  const cancel = (payment: Payment): Change | undefined =>
    payment.isTerminal ? undefined : payment.cancel(anOccasion());
  const added = async (): Promise<string> => {
    const addition = anAddition({ tenantId });
    await store.add(tenantId, [addition]);
    return addition.change.payment.id;
  };

  beforeEach(() => {
    store = new InMemoryPaymentRepository();
  });

  test.each(['before', 'after'] as const)(
    'an outage %s the commit: all methods throw, only one of the two has written',
    async (outage) => {
      const id = await added();
      store.outage = outage;
      const addition = anAddition({ tenantId });
      const calls = [
        () => store.add(tenantId, [addition]),
        () => store.change(wholeTenant(tenantId), [id], cancel),
        () => store.find(wholeTenant(tenantId), [id]),
        () => store.list(wholeTenant(tenantId), { limit: 1 }),
        () => store.history(wholeTenant(tenantId), id),
        () => store.remembered(tenantId, [], new Date()),
        () => store.tenants(1, new Date()),
        () => store.claim(tenantId, 1, new Date(), new Date()),
        () => store.parked(1),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow(Unavailable);
      store.outage = undefined;
      expect(store.events.map(({ type }) => type)).toEqual(
        outage === 'before' ? ['payment.created'] : ['payment.created', 'payment.created', 'payment.cancelled'],
      );
    },
  );

  test('a payment it chokes on undoes the whole transaction, and only that', async () => {
    const ids = [await added(), await added()];
    store.failOn = ({ id, status }) => id === ids[1] && status === 'CANCELLED';
    await expect(store.change(wholeTenant(tenantId), ids, cancel)).rejects.toThrow('cannot write');
    expect((await store.find(wholeTenant(tenantId), ids)).map((payment) => payment?.state.status)).toEqual([
      'PENDING',
      'PENDING',
    ]);
    expect(await store.change(wholeTenant(tenantId), ids.slice(0, 1), cancel)).toMatchObject([{ outcome: 'changed' }]);
    store.failOn = () => true;
    await expect(store.add(tenantId, [anAddition({ tenantId })])).rejects.toThrow('cannot write');
    expect(await store.list(wholeTenant(tenantId), { limit: 9 })).toHaveLength(2);
  });

  test('while a payment is locked others wait for it, and other payments go on', async () => {
    const [locked, free] = [await added(), await added()];
    const { promise, resolve } = Promise.withResolvers<void>();
    const order: string[] = [];
    store.whileLocked = () => promise;
    const first = store.change(wholeTenant(tenantId), [locked], cancel).then(() => order.push('first'));
    await new Promise((done) => setImmediate(done));
    store.whileLocked = () => Promise.resolve();
    const second = store
      .change(wholeTenant(tenantId), [locked, free], () => undefined)
      .then(() => order.push('second'));
    await store.change(wholeTenant(tenantId), [await added()], cancel).then(() => order.push('elsewhere'));
    await new Promise((done) => setImmediate(done));
    expect(order).toEqual(['elsewhere']);
    resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(['elsewhere', 'first', 'second']);
  });

  test('refuses what a database would refuse: another tenant, a skipped version, another payment', async () => {
    const id = await added();
    const elsewhere = anAddition({ tenantId: 'other' });
    await expect(store.add(tenantId, [elsewhere])).rejects.toThrow('rule broken');
    await expect(store.change(wholeTenant(tenantId), [id], () => elsewhere.change)).rejects.toThrow('rule broken');
    const skipping = (payment: Payment): Change => ({ ...payment.cancel(anOccasion()), events: [] });
    await expect(store.change(wholeTenant(tenantId), [id], skipping)).rejects.toThrow('rule broken');
  });
});
