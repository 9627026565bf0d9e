import { describe, expect, test } from '@jest/globals';
import { newId, systemClock } from '@ferry/kernel';
import { RunLeased, type JobLeases } from '@ferry/recording';
import { InMemoryJobLeases } from '@ferry/recording/testing';

const job = { tenantId: '~', job: 'a job' };
const signal = new AbortController().signal;
const running = (leases: JobLeases, leaseMs = 20_000): RunLeased =>
  new RunLeased(leases, systemClock, newId, { holder: 'test', leaseMs });
const untilLost = (lost: AbortSignal): Promise<{ more: boolean }> =>
  new Promise((resolve) => lost.addEventListener('abort', () => resolve({ more: true })));

describe('RunLeased', () => {
  test('runs a job in one place at a time', async () => {
    const leases = new InMemoryJobLeases();
    const gate = Promise.withResolvers<{ more: boolean }>();
    const first = running(leases).run(job, () => gate.promise, { signal });
    expect(await running(leases).run(job, async () => ({ more: false }), { signal })).toEqual({ ran: false });
    gate.resolve({ more: true });
    expect(await first).toEqual({ ran: true, more: true });
    expect(await running(leases).run(job, async () => ({ more: false }), { signal })).toEqual({
      ran: true,
      more: false,
    });
  });

  test('two runs of one process are two holders', async () => {
    const leased = running(new InMemoryJobLeases());
    const gate = Promise.withResolvers<{ more: boolean }>();
    const first = leased.run(job, () => gate.promise, { signal });
    expect(await leased.run(job, async () => ({ more: false }), { signal })).toEqual({ ran: false });
    gate.resolve({ more: false });
    await first;
  });

  test('a failure is noted, told on, and frees the job', async () => {
    const leases = new InMemoryJobLeases();
    const failing = running(leases).run(job, () => Promise.reject(new Error('no luck')), { signal });
    await expect(failing).rejects.toThrow('no luck');
    expect(await leases.list()).toMatchObject([{ lastOutcome: 'failed', lastError: 'no luck' }]);
    expect(await running(leases).run(job, async () => ({ more: false }), { signal })).toMatchObject({ ran: true });
  });

  test('keeps a job for as long as it takes', async () => {
    const leases = new InMemoryJobLeases();
    let renewals = 0;
    const renewed = Promise.withResolvers<void>();
    const counted = Object.assign(Object.create(leases) as JobLeases, {
      renew: (...given: Parameters<JobLeases['renew']>) => {
        if ((renewals += 1) === 5) renewed.resolve();
        return leases.renew(...given);
      },
    });
    const held = running(counted, 30).run(job, () => renewed.promise.then(() => ({ more: false })), { signal });
    expect(await held).toEqual({ ran: true, more: false });
    expect(renewals).toBeGreaterThanOrEqual(5);
  });

  test('whoever loses a job is told', async () => {
    const leases = new InMemoryJobLeases();
    const began = Promise.withResolvers<void>();
    const work = (lost: AbortSignal): Promise<{ more: boolean }> => (began.resolve(), untilLost(lost));
    const run = running(leases, 30).run(job, work, { signal });
    await began.promise;
    const until = (await leases.list())[0]?.leasedUntil.getTime() ?? 0;
    // As if this process had been paused for long.
    await leases.take(job, 'another', new Date(until + 1_000), new Date(until + 60_000));
    expect(await run).toEqual({ ran: true, more: true });
    const [record] = await leases.list();
    expect([record?.holder, record?.lastOutcome]).toEqual(['another', undefined]);
  });

  test('a renewal that cannot be made ends a job only when its lease has ended', async () => {
    // Time passes from renewal to renewal, however late the machine makes them.
    let now = 0;
    let failures = 0;
    const away = Object.assign(Object.create(new InMemoryJobLeases()) as JobLeases, {
      renew: () => {
        failures += 1;
        now += 1;
        return Promise.reject(new Error('away'));
      },
    });
    const leased = new RunLeased(away, { now: () => new Date(now) }, newId, { holder: 'test', leaseMs: 3 });
    await leased.run(job, untilLost, { signal });
    expect(failures).toBe(3);
  });
});
