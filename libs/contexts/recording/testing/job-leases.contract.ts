import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { SYSTEM_TENANT, type JobLeases, type JobRecord, type LeasedJob } from '../src/ports/job-leases.js';

/** What every JobLeases promises. Run by its fake and by every adapter. */
export function jobLeasesContract(name: string, make: () => Promise<JobLeases>): void {
  describe(`${name} is a JobLeases`, () => {
    const at = (seconds: number): Date => new Date(Date.UTC(2026, 1, 28, 23, 59, seconds));
    let leases: JobLeases;
    let job: LeasedJob;
    const record = async (): Promise<JobRecord | undefined> =>
      (await leases.list()).find((one) => one.job === job.job && one.tenantId === job.tenantId);

    beforeEach(async () => {
      leases = await make();
      job = { tenantId: SYSTEM_TENANT, job: `job-${randomBytes(6).toString('hex')}` };
    });

    test("a job is one holder's until the time it was taken for", async () => {
      expect(await leases.take(job, 'a', at(0), at(20))).toBe(true);
      expect(await leases.take(job, 'b', at(19), at(39))).toBe(false);
      expect(await leases.take(job, 'b', at(20), at(40))).toBe(true);
      expect(await record()).toMatchObject({ holder: 'b', lastStartedAt: at(20), leasedUntil: at(40) });
    });

    test('of twenty who want it at once one has it', async () => {
      const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => leases.take(job, `h${i}`, at(0), at(20))));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    test('whoever has it keeps it by renewing, and learns when somebody else has it', async () => {
      await leases.take(job, 'a', at(0), at(20));
      expect(await leases.renew(job, 'a', at(30))).toBe(true);
      expect(await leases.take(job, 'b', at(25), at(45))).toBe(false);
      expect(await leases.take(job, 'b', at(30), at(50))).toBe(true);
      expect(await leases.renew(job, 'a', at(60))).toBe(false);
      await leases.finish(job, 'a', at(31), 'failed', 'too late to be told');
      const { holder, leasedUntil, lastOutcome } = (await record()) ?? {};
      expect([holder, leasedUntil, lastOutcome]).toEqual(['b', at(50), undefined]);
    });

    test('a finished one is free at once, and says how it went', async () => {
      await leases.take(job, 'a', at(0), at(20));
      await leases.finish(job, 'a', at(1), 'done');
      expect(await record()).toEqual({
        ...job,
        holder: 'a',
        leasedUntil: at(1),
        lastStartedAt: at(0),
        lastFinishedAt: at(1),
        lastOutcome: 'done',
        lastError: undefined,
        lastSucceededAt: at(1),
      });
      expect(await leases.take(job, 'b', at(1), at(21))).toBe(true);
      await leases.finish(job, 'b', at(2), 'failed', 'no luck');
      expect(await record()).toMatchObject({ lastOutcome: 'failed', lastError: 'no luck', lastSucceededAt: at(1) });
    });

    test('an occasion that somebody took care of is left alone', async () => {
      await leases.take(job, 'a', at(10), at(30), at(10));
      await leases.finish(job, 'a', at(11), 'done');
      expect(await leases.take(job, 'b', at(12), at(32), at(10))).toBe(false);
      expect(await leases.take(job, 'b', at(12), at(32), at(11))).toBe(true);
    });

    test('the same job of another tenant is another one', async () => {
      await leases.take(job, 'a', at(0), at(20));
      expect(await leases.take({ ...job, tenantId: 'default' }, 'b', at(0), at(20))).toBe(true);
    });
  });
}
