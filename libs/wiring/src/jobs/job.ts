import type { JobProgress, TenantId } from '@ferry/recording';

/** `cron`: a pattern of croner, in UTC. */
export type Schedule = { readonly everySeconds: number } | { readonly cron: string };

/** What has a leader of its own. */
export interface JobPart {
  readonly tenantId: TenantId;
  /** Unique within the tenant. */
  readonly name: string;
  /** A bounded share of the work, run again at once while there is more. `signal`: begin nothing more. */
  run(signal: AbortSignal): Promise<JobProgress>;
}

/** Something that is done now and then, by one process at a time, whichever has the time. */
export interface Job {
  /** As metrics and `ferry jobs` name it. */
  readonly name: string;
  readonly schedule: Schedule;
  /** Asked at each run: several are served in turn, so that none waits until another one has no more. */
  parts(): Promise<readonly JobPart[]>;
}
