import { describe, expect, test } from '@jest/globals';
import { newId, silentLogger, silentMeter, systemClock, type Clock } from '@ferry/kernel';
import { RunLeased } from '@ferry/recording';
import { InMemoryJobLeases } from '@ferry/recording/testing';
import { cronProblem, JobRunner, Lifecycle, startJobs, T, wholeJob, type Job, type JobPart } from '@ferry/wiring';
import { Container } from 'inversify';
import { occasionOf } from '../src/jobs/schedule.js';

const never = new AbortController().signal;
const hourly = { everySeconds: 3_600 };

function aRunner(leases = new InMemoryJobLeases(), clock: Clock = systemClock) {
  const counted: string[] = [];
  const meter = {
    ...silentMeter,
    count: (name: string, labels = {}) => void counted.push(`${name} ${Object.values(labels).join(' ')}`),
    gauge: (name: string) => void counted.push(name),
  };
  const leased = new RunLeased(leases, clock, newId, { holder: 'test', leaseMs: 20_000 });
  return { leases, counted, runner: new JobRunner(leased, clock, silentLogger, meter) };
}

describe('an occasion', () => {
  test.each([
    [{ everySeconds: 30 }, '2026-03-01T00:00:59.999Z', '2026-03-01T00:00:30.000Z'],
    [{ everySeconds: 30 }, '2026-03-01T00:00:30.000Z', '2026-03-01T00:00:30.000Z'],
    [{ cron: '15 3 * * *' }, '2026-03-01T03:14:59.999Z', '2026-02-28T03:15:00.000Z'],
    [{ cron: '15 3 * * *' }, '2026-03-01T03:15:00.000Z', '2026-03-01T03:15:00.000Z'],
    // Germany leaves out the hour from 2 to 3 on this day.
    [{ cron: '30 2 * * *' }, '2026-03-29T12:00:00.000Z', '2026-03-29T02:30:00.000Z'],
    [{ cron: '0 0 29 2 *' }, '2027-06-01T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ])('%j at %s began at %s', (schedule, now, began) => {
    expect(occasionOf(schedule, new Date(now))).toEqual(new Date(began));
  });

  test('a pattern that is none is told', () => {
    expect(cronProblem('0 3 * * *')).toBeUndefined();
    expect(cronProblem('every day')).toMatch(/./);
  });
});

describe('JobRunner', () => {
  const part = (name: string, turns: number, told: string[]): JobPart => {
    let left = turns;
    return {
      tenantId: 'default',
      name,
      run: async () => {
        told.push(name);
        left -= 1;
        return { more: left > 0 };
      },
    };
  };
  const aJob = (...parts: JobPart[]): Job => ({ name: 'job', schedule: hourly, parts: async () => parts });

  test('serves its parts in turn until none has more', async () => {
    const told: string[] = [];
    const { runner } = aRunner();
    const report = await runner.run(aJob(part('a', 3, told), part('b', 1, told), part('c', 2, told)), never);
    expect(told).toEqual(['a', 'b', 'c', 'a', 'c', 'a']);
    expect(report).toEqual({ ran: 3, elsewhere: 0, failed: [] });
  });

  test('a part that fails leaves the others alone, and the job has not succeeded', async () => {
    const told: string[] = [];
    const { runner, counted } = aRunner();
    const bad = { ...part('bad', 1, told), run: () => Promise.reject(new Error('no luck')) };
    const report = await runner.run(aJob(bad, part('good', 1, told)), never);
    expect(told).toEqual(['good']);
    expect(report).toEqual({ ran: 1, elsewhere: 0, failed: [new Error('no luck')] });
    expect(counted).toEqual(['job_runs_total job failed', 'job_runs_total job done']);
  });

  test('an occasion is taken care of once, whoever asks', async () => {
    const told: string[] = [];
    const { runner, counted } = aRunner();
    const now = systemClock.now();
    const job = aJob(part('a', 9, told));
    const once: Job = { ...job, parts: async () => [{ tenantId: '~', name: 'a', run: async () => ({ more: false }) }] };
    expect(await runner.run(once, never, now)).toMatchObject({ ran: 1 });
    expect(await runner.run(once, never, now)).toMatchObject({ ran: 0, elsewhere: 1 });
    expect(await runner.run(once, never)).toMatchObject({ ran: 1 });
    expect(counted).toContain('job_last_success_seconds');
  });

  test('begins no other part when the process stops', async () => {
    const told: string[] = [];
    const stop = new AbortController();
    const { runner } = aRunner();
    const first = { ...part('a', 5, told), run: async () => (stop.abort(), { more: true }) };
    await runner.run(aJob(first, part('b', 1, told)), stop.signal);
    expect(told).toEqual([]);
  });
});

describe('startJobs', () => {
  const engine = (runner: JobRunner): { container: Container; lifecycle: Lifecycle } => {
    const [container, lifecycle] = [new Container(), new Lifecycle()];
    container.bind(T.JobRunner).toConstantValue(runner);
    container.bind(T.Clock).toConstantValue(systemClock);
    container.bind(T.Logger).toConstantValue(silentLogger);
    container.bind(T.Lifecycle).toConstantValue(lifecycle);
    return { container, lifecycle };
  };

  test('runs each job at once and on its schedule, until it is closed', async () => {
    const { container, lifecycle } = engine(aRunner().runner);
    const [hour, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let rounds = 0;
    startJobs(container, [
      wholeJob('hourly', { cron: '0 * * * *' }, async () => (hour.resolve(), { more: false })),
      wholeJob('every second', { everySeconds: 1 }, async () => {
        if ((rounds += 1) === 3) second.resolve();
        return { more: false };
      }),
    ]);
    await Promise.all([hour.promise, second.promise]);
    await lifecycle.close(10_000, silentLogger);
    const closedAt = rounds;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(rounds).toBe(closedAt);
  });

  test('closing waits for what runs, which is told', async () => {
    const { container, lifecycle } = engine(aRunner().runner);
    const begun = Promise.withResolvers<void>();
    let ended = false;
    const run = (signal: AbortSignal): Promise<{ more: boolean }> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          ended = true;
          resolve({ more: true });
        });
        begun.resolve();
      });
    startJobs(container, [wholeJob('long', hourly, run)]);
    await begun.promise;
    await lifecycle.close(10_000, silentLogger);
    expect(ended).toBe(true);
  });
});
