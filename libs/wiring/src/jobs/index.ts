export type * from './job.js';
export * from './job-runner.js';
export { cronProblem } from './schedule.js';
export * from './recording-jobs.js';
export * from './start-jobs.js';
export { wholeJob } from './whole-job.js';
