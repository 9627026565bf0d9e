import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import {
  ArchiveMonth,
  ExpireMonths,
  ForgetReferences,
  MakeMonths,
  MonthOrders,
  RestoreArchive,
  type Expiry,
  type Month,
  type Restored,
  type Told,
} from '@ferry/recording';
import { InMemoryMonthArchive, InMemoryUpkeep, paid } from '@ferry/recording/testing';

const clock = { time: new Date('2026-11-21T09:00:00Z'), now: () => clock.time };
const retention = { retentionMonths: 12 };
const ada = { actor: { kind: 'operator', id: 'ada' } } as const;

let store: InMemoryUpkeep;
let archive: InMemoryMonthArchive;
let tenantId: string;
let told: Told[];
beforeEach(async () => {
  clock.time = new Date('2026-11-21T09:00:00Z');
  store = new InMemoryUpkeep();
  archive = new InMemoryMonthArchive();
  told = [];
  tenantId = await store.newTenant();
});
const audit = { tell: async (one: Told) => void told.push(one) };
const orders = new MonthOrders(audit, clock, newId);
const archiveMonth = (): ArchiveMonth => new ArchiveMonth(store, store, archive, orders, clock, retention);
const expire = (expiry: Expiry, archiving = archiveMonth()): ExpireMonths =>
  new ExpireMonths(store, archiving, clock, { expiry, ...retention });
const listed = async (): Promise<Month[]> => (await store.list()).map(({ month }) => month);

describe('MakeMonths', () => {
  const make = (): Promise<readonly Month[]> => new MakeMonths(store, clock, { monthsAhead: 2, ...retention }).run();

  test('has every month from those that are kept to those ahead, this one first', async () => {
    expect((await make()).slice(0, 4)).toEqual(['2026-11', '2026-12', '2027-01', '2026-10']);
    expect((await listed()).at(0)).toBe('2025-11');
    expect(await listed()).toHaveLength(15);
    expect(await make()).toEqual([]);
  });

  test('makes the next one when the clock moves into a new month', async () => {
    await make();
    clock.time = new Date('2026-12-01T00:00:00Z');
    expect(await make()).toEqual(['2027-02']);
  });

  test('makes months of late payments, and keeps these for a while; of others it says nothing', async () => {
    await store.record([paid(tenantId, '2016-02-29T00:00:00Z'), paid(tenantId, '2026-11-20T00:00:00Z')]);
    expect(await make()).toContain('2016-02');
    const kept = (await store.list()).filter(({ keptUntil }) => keptUntil);
    expect(kept).toMatchObject([{ month: '2016-02', keptUntil: new Date('2027-01-01T00:00:00Z') }]);
  });

  test('one that cannot be made keeps no other from being made, and is told of', async () => {
    const makeOne = store.make.bind(store);
    store.make = (month, until) => (month === '2026-11' ? Promise.reject(new Error('in use')) : makeOne(month, until));
    await expect(make()).rejects.toThrow('in use');
    expect(await listed()).toHaveLength(14);
  });
});

describe('ExpireMonths', () => {
  beforeEach(async () => {
    for (const month of ['2025-09', '2025-10', '2025-11', '2026-11'] as const) await store.make(month);
    await store.record([paid(tenantId, '2025-09-01T00:00:00Z'), paid(tenantId, '2025-11-01T00:00:00Z')]);
  });

  test('keeps what is expired and tells of it', async () => {
    expect(await expire('keep').expired()).toEqual(['2025-09', '2025-10']);
    expect(await expire('keep').run()).toEqual([]);
    expect(await listed()).toHaveLength(4);
  });

  test('drops what is expired', async () => {
    expect(await expire('drop').run()).toEqual([
      { month: '2025-09', outcome: 'dropped' },
      { month: '2025-10', outcome: 'dropped' },
    ]);
    expect(await listed()).toEqual(['2025-11', '2026-11']);
    expect(archive.places.size).toBe(0);
  });

  test('archives what is expired, then drops it', async () => {
    expect(await expire('archive').run()).toEqual([
      { month: '2025-09', outcome: 'archived', place: 'archive 1' },
      { month: '2025-10', outcome: 'archived', place: 'archive 2' },
    ]);
    expect(await store.payments(tenantId)).toHaveLength(1);
    expect(archive.places.get('archive 1')).toMatchObject({ month: '2025-09', parts: [{ tenantId, rows: 1 }] });
  });

  test('begins no other month when it has to stop', async () => {
    const stopping = new AbortController();
    store.meanwhile = () => stopping.abort();
    expect(await expire('drop').run(stopping.signal)).toHaveLength(1);
    expect(await listed()).toContain('2025-10');
  });

  test('leaves alone what somebody wants kept', async () => {
    await store.make('2025-09', new Date('2027-01-01T00:00:00Z'));
    expect(await expire('drop').expired()).toEqual(['2025-10']);
  });
});

describe('ArchiveMonth', () => {
  const late = () => paid(tenantId, '2025-09-02T00:00:00Z');
  beforeEach(async () => {
    await store.make('2025-09');
    await store.record([paid(tenantId, '2025-09-01T00:00:00Z')]);
  });

  test('archives again what a late payment came into, and keeps one archive', async () => {
    let times = 0;
    store.meanwhile = () => {
      if ((times += 1) === 1) void store.record([late()]);
    };
    expect(await archiveMonth().run('2025-09')).toMatchObject({
      outcome: 'archived',
      archive: { parts: [{ rows: 2 }] },
    });
    expect([...archive.places.keys()]).toEqual(['archive 2']);
  });

  test('gives up, with nothing dropped and no archive left, when payments come all the time', async () => {
    store.meanwhile = () => void store.record([late()]);
    expect(await archiveMonth().run('2025-09')).toEqual({ outcome: 'changed' });
    expect(await store.payments(tenantId)).toHaveLength(4);
    expect(archive.places.size).toBe(0);
  });

  test('leaves a month alone that is not expired, and no archive of it', async () => {
    await store.make('2026-10');
    expect(await archiveMonth().run('2026-10')).toEqual({ outcome: 'kept' });
    expect(archive.places.size).toBe(0);
  });

  test('keeps the archive when nobody knows whether the month was dropped', async () => {
    const drop = store.drop.bind(store);
    store.drop = async (month, condition) => {
      await drop(month, condition);
      throw new Error('no answer');
    };
    await expect(archiveMonth().run('2025-09')).rejects.toThrow('no answer');
    expect(archive.places.size).toBe(1);
  });

  test('tells each tenant in it who ordered it, before anything is done', async () => {
    const [other, elsewhere] = [await store.newTenant(), await store.newTenant()];
    await store.record([paid(other, '2025-09-01T00:00:00Z'), paid(elsewhere, '2026-11-01T00:00:00Z')]);
    let toldBefore = 0;
    store.meanwhile = () => void (toldBefore = told.length);
    expect(await archiveMonth().order('2025-09', ada)).toMatchObject({ outcome: 'archived' });
    expect(toldBefore).toBe(2);
    expect(new Set(told.map((one) => one.tenantId))).toEqual(new Set([tenantId, other]));
    expect(told[0]).toMatchObject({ ...ada, action: 'archive.ordered', subject: '2025-09', at: clock.time });
  });
});

describe('RestoreArchive', () => {
  const restore = async (place = 'archive 1'): Promise<Restored[]> => {
    const restored: Restored[] = [];
    for await (const one of new RestoreArchive(store, store, archive, orders, clock).run(place, ada))
      restored.push(one);
    return restored;
  };
  beforeEach(async () => {
    await store.make('2025-09');
    await store.record(['01', '02', '03'].map((day) => paid(tenantId, `2025-09-${day}T00:00:00Z`)));
    await expire('archive').run();
  });

  test('brings all back, once, and says so', async () => {
    const restored = { tenantId, month: '2025-09', rows: 3 };
    expect(await restore()).toEqual([{ ...restored, added: 3 }]);
    expect(await restore()).toEqual([{ ...restored, added: 0 }]);
    expect(await store.payments(tenantId)).toHaveLength(3);
  });

  test('what came back is not taken away at once', async () => {
    await restore();
    expect(await expire('archive').run()).toEqual([]);
    clock.time = new Date('2027-03-01T00:00:00Z');
    expect(await expire('archive').run()).toMatchObject([{ month: '2025-09', outcome: 'archived' }]);
  });

  test('each tenant is told who ordered it, before anything comes back', async () => {
    store.putBack = () => Promise.reject(new Error('no luck'));
    await expect(restore()).rejects.toThrow('no luck');
    expect(told).toMatchObject([{ ...ada, tenantId, action: 'restore.ordered', subject: '2025-09' }]);
    expect(JSON.parse(told[0]?.after ?? '')).toEqual({ place: 'archive 1' });
  });

  test('nothing of a spoilt archive comes back, and nobody is told of it', async () => {
    archive.lines.get(`archive 1 ${tenantId}`)?.pop();
    await expect(restore()).rejects.toThrow('spoilt');
    expect(await listed()).toEqual([]);
    expect(told).toEqual([]);
  });
});

describe('ForgetReferences', () => {
  const forget = () => new ForgetReferences(store, store, clock, { keptDays: 90 }).run();

  test('forgets what is older than its days, of every tenant', async () => {
    const other = await store.newTenant();
    await store.record([paid(tenantId, '2026-08-23T08:59:59Z'), paid(tenantId, '2026-08-23T09:00:00Z')]);
    await store.record([paid(other, '2026-01-01T00:00:00Z')]);
    expect(await forget()).toEqual({ forgotten: 2, more: false });
    expect(await store.known(tenantId)).toHaveLength(1);
    expect(await store.known(other)).toEqual([]);
    expect(await forget()).toEqual({ forgotten: 0, more: false });
  });

  test('forgets for good what was in months that were dropped', async () => {
    await store.make('2026-02');
    await store.make('2025-09');
    await store.record([paid(tenantId, '2025-09-01T00:00:00Z'), paid(tenantId, '2026-02-01T00:00:00Z')]);
    await forget();
    expect(await store.forgotten(tenantId)).toHaveLength(2);
    await store.drop('2025-09', { now: clock.time, ...retention });
    await forget();
    expect(await store.forgotten(tenantId)).toEqual([new Date('2026-02-01T00:00:00Z')]);
  });
});
