import type { StagingStanding } from '@ferry/recording';
import type { Health, HealthCheck } from './readiness.js';

type Word = 'ok' | 'error';

/** What `/health` says: the fields of the source design to the letter, and beside them what they leave out. ADR 0019. */
export interface HealthDocument {
  readonly status: 'healthy' | 'unhealthy';
  readonly checks: {
    readonly database: Word;
    readonly kafka: Word;
    readonly redis: Word;
    /** Rows that wait in all staging tables. */
    readonly staging_backlog: number;
    /** When the last batch of staging ended, or `never`. */
    readonly last_staging_run: string;
  };
  /** What is required and missing: why it is unhealthy. */
  readonly lacking: readonly string[];
  /** What is missing and not required: some things come late. */
  readonly degraded: readonly string[];
  /** Present while the process is about to stop. */
  readonly closing?: true;
  readonly details: Readonly<Record<string, HealthDetail>>;
}

export type HealthDetail =
  | HealthCheck
  /** Its URL is not set: what it would do is done in this process, or not at all. */
  | { readonly status: 'not-configured'; readonly required: false }
  /** Of the figures of staging, which a worker counts: never when none has. */
  | { readonly status: 'counted' | 'not-counted'; readonly counted_at?: Date | undefined };

const notConfigured = { status: 'not-configured', required: false } as const;

/** `staging`: as it was last known, if it ever was. */
export function healthDocument(
  { ready, checks }: Health,
  staging: StagingStanding | undefined,
  closing: boolean,
): HealthDocument {
  const away = Object.entries(checks).filter(([, { status }]) => status !== 'ok');
  const names = (required: boolean): string[] =>
    away.filter(([, check]) => check.required === required).map(([name]) => name);
  return {
    status: ready && !closing ? 'healthy' : 'unhealthy',
    checks: {
      database: wordOf(checks['database']),
      kafka: wordOf(checks['kafka'] ?? notConfigured),
      redis: wordOf(checks['redis'] ?? notConfigured),
      staging_backlog: staging?.waiting ?? 0,
      last_staging_run: staging?.lastRunAt?.toISOString() ?? 'never',
    },
    lacking: names(true),
    degraded: names(false),
    ...(closing && { closing }),
    details: {
      kafka: notConfigured,
      redis: notConfigured,
      rabbitmq: notConfigured,
      ...checks,
      staging: staging ? { status: 'counted', counted_at: staging.countedAt } : { status: 'not-counted' },
    },
  };
}

/** A service that is not configured is no error: what it does elsewhere is done here. */
const wordOf = (detail: HealthCheck | typeof notConfigured | undefined): Word =>
  detail?.status === 'ok' || detail?.status === 'not-configured' ? 'ok' : 'error';
