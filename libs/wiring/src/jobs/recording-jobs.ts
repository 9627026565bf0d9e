import { SYSTEM_TENANT, type JobProgress } from '@ferry/recording';
import type { Container } from 'inversify';
import type { Job, Schedule } from './job.js';

/** A job with one leader in all. */
export const wholeJob = (
  name: string,
  schedule: Schedule,
  run: (signal: AbortSignal) => Promise<JobProgress>,
): Job => ({
  name,
  schedule,
  parts: async () => [{ tenantId: SYSTEM_TENANT, name, run }],
});

/** What a worker does on a schedule, and `ferry jobs run` at once. */
export function recordingJobs(_container: Container): readonly Job[] {
  return [];
}
