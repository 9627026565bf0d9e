import { Cron } from 'croner';
import type { Schedule } from './job.js';

/** In UTC: a local day may have 23 hours, and a job in the missing one would be left out. */
const TIME_ZONE = 'UTC';

/** Calls `occur` whenever the schedule says so, but not while the call before still runs. */
export function follow(schedule: Schedule, occur: () => Promise<void>): { stop(): void } {
  const always = { protect: true, timezone: TIME_ZONE };
  return 'cron' in schedule
    ? new Cron(schedule.cron, always, occur)
    : new Cron('* * * * * *', { ...always, interval: schedule.everySeconds }, occur);
}

/**
 * When the occasion began that `now` belongs to. All processes agree on it, whenever they were started: whoever finds that a job was started
 * since then leaves it alone. Undefined before the first occasion ever.
 */
export function occasionOf(schedule: Schedule, now: Date): Date | undefined {
  if ('cron' in schedule) {
    // Whole seconds, and the reference itself is left out.
    const after = new Date(Math.floor(now.getTime() / 1000) * 1000 + 1000);
    return new Cron(schedule.cron, { timezone: TIME_ZONE, paused: true }).previousRuns(1, after)[0];
  }
  const everyMs = schedule.everySeconds * 1000;
  return new Date(Math.floor(now.getTime() / everyMs) * everyMs);
}

/** Why it is no pattern, or undefined. */
export function cronProblem(pattern: string): string | undefined {
  try {
    new Cron(pattern, { paused: true }).stop();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
