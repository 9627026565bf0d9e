import { backoffMs, sleep, Unavailable, type Backoff, type Logger } from '@ferry/kernel';
import { checkSchema } from '@ferry/postgres';
import { migrationNames } from '@ferry/migrations';
import type { Container } from 'inversify';
import { healthDocument, type HealthDocument } from './health-document.js';
import { T } from './tokens.js';

export interface HealthCheck {
  readonly status: 'ok' | 'degraded' | 'error';
  readonly required: boolean;
  readonly since?: Date;
  readonly error?: string;
}

export interface Health {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

/** One that starts while the database is away is to be ready as soon after it as one that was there before: RELIABILITY.md F3 allows 5 s. */
const RETRY: Backoff = { baseMs: 250, maxMs: 1_000 };

/** What this process needs and has. */
export class Readiness {
  private schemaChecked = false;

  constructor(
    private readonly container: Container,
    private readonly closing: AbortSignal,
  ) {}

  /** Refuses work before the schema is known to be right. */
  assertSchemaChecked(): void {
    if (!this.schemaChecked) throw new Unavailable('postgres');
  }

  /** Waits for the database however long it takes, then refuses a schema this program does not know (throws `WrongSchema`). */
  async untilSchemaChecked(logger: Logger): Promise<void> {
    const database = this.container.get(T.AppDatabase);
    for (let attempt = 1; !this.closing.aborted; attempt += 1) {
      try {
        await checkSchema(database, migrationNames);
        this.schemaChecked = true;
        return;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        if (attempt === 1) logger.warn('waiting for the database');
        await sleep(backoffMs(RETRY, attempt, Math.random()), this.closing);
      }
    }
  }

  /** Asks the database; of the others it tells what their adapters know. */
  async health(): Promise<Health> {
    await this.container
      .get(T.AppDatabase)
      .ping()
      .catch(() => {});
    const checks: Record<string, HealthCheck> = {};
    for (const backing of this.container.get(T.Backings)) {
      const { connected, since } = backing.state();
      checks[backing.name] = {
        status: connected ? 'ok' : backing.required ? 'error' : 'degraded',
        required: backing.required,
        since,
        ...(connected ? {} : { error: 'not connected' }),
      };
    }
    if (!this.schemaChecked) checks.schema = { status: 'error', required: true, error: 'not checked yet' };
    const ready = !this.closing.aborted && Object.values(checks).every(({ status }) => status !== 'error');
    return { ready, checks };
  }

  /** For people and dashboards; `health` is for what sends traffic. */
  async report(): Promise<HealthDocument> {
    const health = await this.health();
    const staging = this.schemaChecked ? await this.container.get(T.HeldStanding).read() : undefined;
    return healthDocument(health, staging, this.closing.aborted);
  }
}
