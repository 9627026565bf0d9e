import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId, timeOfId, type Currency } from '@ferry/kernel';
import { wholeTenant } from '../../src/domain/owner.js';
import type { Change, Payment, PaymentId, TenantId } from '../../src/domain/payment.js';
import type { PaymentQuery } from '../../src/ports/payment-repository.js';
import { aChange, anOccasion, idAt, later, moneyOf, type Given } from '../builders.js';
import { newTenantOf, type PaymentStore } from '../payment-store.js';

const now = new Date();

const givens: readonly [string, Given][] = [
  ['XAF, no decimals', { money: moneyOf('1', 'XAF') }],
  ['XAF, 15 digits', { money: moneyOf('999999999999999', 'XAF') }],
  ['EUR, two decimals', { money: moneyOf('0.01', 'EUR') }],
  ['EUR, 15 digits', { money: moneyOf('9999999999999.99', 'EUR') }],
  ['KWD, three decimals, 15 digits', { money: moneyOf('999999999999.999', 'KWD') }],
  ['CLF, four decimals, 15 digits', { money: moneyOf('99999999999.9999', 'CLF') }],
  ['every optional field', { kind: 'DEBIT_ORDER', rail: 'mtn-momo', externalId: 'client-é', accountId: 'account 7' }],
  ['the longest texts', { reference: 'r'.repeat(255), externalId: 'e'.repeat(64), accountId: 'a'.repeat(64) }],
  [
    'texts that look like SQL, JSON or patterns',
    { reference: `'; drop table x; -- "\\ {} %_ $1 \t\n`, accountId: 'null' },
  ],
  ['unicode', { reference: 'réf 日本 🛶 \u202e', metadata: { 'clé "x"': 'väl\u0301ue\n\\u0041', '🛶': '' } }],
  [
    'nested metadata',
    {
      metadata: {
        a: { b: { c: { d: [1, -2.5, 1e21, 0.1, true, false, null, '', [], {}] } } },
        constructor: 'x',
        length: 3,
      },
    },
  ],
];

const afterwards: readonly [string, ((payment: Payment) => Change)[]][] = [
  ['processing', [(payment) => payment.takeUp(anOccasion(later(now, 1)), later(now, 30_001))]],
  ['postponed', [(payment) => payment.postpone(later(now, 7), later(now, 1_234), 'outcome unknown: é')]],
  ['parked', [(payment) => payment.park(later(now, 7), 'poison: "x"')]],
  ['succeeded', [(payment) => payment.succeed(anOccasion(later(now, 9)), `provider-${payment.id}`)]],
  ['succeeded without a provider reference', [(payment) => payment.succeed(anOccasion(later(now, 9)))]],
  ['cancelled', [(payment) => payment.cancel(anOccasion(later(now, 9)))]],
  [
    'processed, asked again, failed',
    [
      (payment) => payment.takeUp(anOccasion(later(now, 1)), later(now, 2)),
      (payment) => payment.takeUp(anOccasion(later(now, 3)), later(now, 4)),
      (payment) => payment.fail(anOccasion(later(now, 5)), 'insufficient_funds'),
    ],
  ],
];

export function reading(current: () => PaymentStore): void {
  let store: PaymentStore;
  let tenantId: TenantId;
  const add = async (...givens: Given[]): Promise<Change[]> => {
    const changes = givens.map((given) => aChange({ tenantId, ...given }));
    await store.repository.add(
      tenantId,
      changes.map((change) => ({ change })),
    );
    return changes;
  };
  const list = async (query: Partial<PaymentQuery> = {}): Promise<PaymentId[]> =>
    (await store.repository.list(wholeTenant(tenantId), { limit: 100, ...query })).map(({ id }) => id);

  beforeEach(async () => {
    store = current();
    tenantId = await newTenantOf(store);
  });

  describe('find, list and history give back what was stored', () => {
    test.each(givens)('%s', async (_, given) => {
      const [created] = (await add(given)) as [Change];
      const { id, state } = created.payment;
      expect((await store.repository.find(wholeTenant(tenantId), [id]))[0]?.state).toEqual(state);
      expect((await store.repository.list(wholeTenant(tenantId), { limit: 1 }))[0]?.state).toEqual(state);
      expect(await list({ reference: state.reference })).toEqual([id]);
      expect(state.createdAt).toEqual(timeOfId(id));
    });

    test.each(afterwards)('%s', async (_, decisions) => {
      const [created] = (await add({ now })) as [Change];
      const { id } = created.payment;
      const changes = [created];
      for (const decide of decisions) {
        const [outcome] = await store.repository.change(wholeTenant(tenantId), [id], decide);
        if (outcome?.outcome === 'changed') changes.push(outcome.change);
      }
      expect(changes).toHaveLength(decisions.length + 1);
      expect((await store.repository.find(wholeTenant(tenantId), [id]))[0]?.state).toEqual(
        changes.at(-1)?.payment.state,
      );
      expect(await store.repository.history(wholeTenant(tenantId), id)).toEqual(
        changes.flatMap(({ from, events }) =>
          events.map(({ id: eventId, version, at, payment }) => ({
            version,
            from,
            to: payment.status,
            reason: payment.reason,
            at,
            eventId,
          })),
        ),
      );
    });

    test('created_at is the time in the id, whenever it was stored', async () => {
      const made = new Date('2026-02-28T23:59:59.999Z');
      const [created] = (await add({ id: idAt(made), now: later(made, 86_400_000) })) as [Change];
      const [found] = await store.repository.find(wholeTenant(tenantId), [created.payment.id]);
      expect(found?.state).toMatchObject({ createdAt: made, updatedAt: later(made, 86_400_000) });
    });

    test('in the caller’s order, with gaps and repetitions', async () => {
      const [a, b] = (await add({}, {})) as [Change, Change];
      const found = await store.repository.find(wholeTenant(tenantId), [
        b.payment.id,
        newId(),
        a.payment.id,
        b.payment.id,
      ]);
      expect(found.map((payment) => payment?.id)).toEqual([b.payment.id, undefined, a.payment.id, b.payment.id]);
      expect(await store.repository.find(wholeTenant(tenantId), [])).toEqual([]);
      expect(await store.repository.history(wholeTenant(tenantId), newId())).toEqual([]);
    });

    test('another tenant sees nothing of it', async () => {
      const [created] = (await add({})) as [Change];
      const { id, state } = created.payment;
      const other = await newTenantOf(store);
      expect(await store.repository.find(wholeTenant(other), [id])).toEqual([undefined]);
      expect(await store.repository.list(wholeTenant(other), { limit: 10 })).toEqual([]);
      expect(await store.repository.list(wholeTenant(other), { limit: 10, reference: state.reference })).toEqual([]);
      expect(await store.repository.history(wholeTenant(other), id)).toEqual([]);
    });
  });

  describe('list', () => {
    const EUR = moneyOf('1', 'EUR').currency;
    const day = (n: number): Date => later(now, (n - 10) * 86_400_000);

    test('newest first, at most `limit`', async () => {
      const ids = (await add(...[3, 1, 2].map((n) => ({ now: day(n) })))).map(({ payment }) => payment.id) as [
        string,
        string,
        string,
      ];
      expect(await list()).toEqual([ids[0], ids[2], ids[1]]);
      expect(await list({ limit: 2 })).toEqual([ids[0], ids[2]]);
    });

    test('each filter, and all together', async () => {
      const given = [
        { now: day(1), money: moneyOf('5', 'XAF') },
        { now: day(2), money: moneyOf('5', 'EUR'), reference: 'R' },
        { now: day(3), money: moneyOf('5', 'EUR') },
        { now: day(4), money: moneyOf('5', 'XAF') },
      ];
      const ids = (await add(...given)).map(({ payment }) => payment.id);
      const [one, two, three, four] = ids as [string, string, string, string];
      await store.repository.change(wholeTenant(tenantId), [two, four], (payment) => payment.cancel(anOccasion()));
      const cases: readonly [Partial<PaymentQuery>, PaymentId[]][] = [
        [{ status: 'PENDING' }, [three, one]],
        [{ status: 'CANCELLED' }, [four, two]],
        [{ status: 'FAILED' }, []],
        [{ currency: EUR }, [three, two]],
        [{ currency: 'KWD' as Currency }, []],
        [{ reference: 'R' }, [two]],
        [{ reference: 'r' }, []],
        [{ createdFrom: day(2) }, [four, three, two]],
        [{ createdFrom: later(day(2), 1) }, [four, three]],
        [{ createdTo: day(3) }, [two, one]],
        [{ createdTo: later(day(3), 1) }, [three, two, one]],
        [{ createdFrom: day(2), createdTo: day(2) }, []],
        [{ before: three }, [two, one]],
        [{ before: one }, []],
        [
          { status: 'CANCELLED', currency: EUR, reference: 'R', createdFrom: day(2), createdTo: day(3), before: four },
          [two],
        ],
      ];
      for (const [query, expected] of cases)
        expect({ query, ids: await list(query) }).toEqual({ query, ids: expected });
    });

    test('pages meet every payment exactly once while new ones arrive', async () => {
      const ids = (await add(...Array.from({ length: 11 }, () => ({ now })))).map(({ payment }) => payment.id);
      const walked: PaymentId[] = [];
      for (let before: PaymentId | undefined; ; before = walked.at(-1)) {
        const page = await list({ limit: 3, before });
        walked.push(...page);
        if (page.length < 3) break;
        await add({ now: later(now, 60_000) }, { now: later(now, 60_000) });
      }
      expect(walked).toEqual([...ids].sort().reverse());
    });
  });
}
