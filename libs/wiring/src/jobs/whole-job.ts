import { SYSTEM_TENANT, type JobProgress } from '@ferry/recording';
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
