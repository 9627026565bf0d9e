import {
  errorFields,
  newTraceparent,
  stopwatch,
  Unavailable,
  type Clock,
  type Logger,
  type Meter,
  type NewId,
} from '@ferry/kernel';
import { newRecording } from '../domain/new-recording.js';
import { badRow, decideRows, type RetryRules } from '../domain/staging/decide-rows.js';
import { RowsRefused } from '../domain/staging/rows-refused.js';
import type { RecordedPayments } from '../ports/recorded-payments.js';
import type { RecordingTenants } from '../ports/recording-tenants.js';
import type { SeenReferences } from '../ports/seen-references.js';
import type { BatchOutcome, DueRow, StagingBatch, StagingSource, StagingTables } from '../ports/staging-tables.js';
import { confirmedHolders } from './confirmed-holders.js';
import type { JobProgress } from './run-leased.js';
import { StagingMeter } from './staging-meter.js';

export interface DrainStagingNeeds {
  readonly tenants: Pick<RecordingTenants, 'find'>;
  readonly staging: StagingTables;
  readonly payments: Pick<RecordedPayments, 'holders'>;
  readonly seen: SeenReferences;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

export interface DrainStagingOptions extends RetryRules {
  /** Rows of a transaction. */
  readonly batchSize: number;
  /** Batches of a turn; then the other sources have theirs. */
  readonly batchesPerTurn: number;
}

/** How often a batch is tried without the rows that others have taken out of it. */
const ROUNDS_MAX = 5;
/** Batches that are recorded at the same time. They may tell of the same payments: then one waits for the other, as with webhooks. */
const AT_ONCE = 2;

interface Turn {
  /** Rows that were dealt with. */
  readonly taken: number;
  /** Where the next turn goes on: at the beginning, when this one came to the end. */
  readonly cursor: bigint;
}

/** Records what waits in staging tables, in batches that are done whole or not at all. Several may drain one table: each row is taken once. */
export class DrainStaging {
  /** Up to where a table was read. Ids commit out of order, so whoever comes to its end goes back to its beginning. */
  private readonly cursors = new Map<string, bigint>();
  /** Tables of which most of the last batch was told before, as when a file is sent again: to write first and be refused costs twice as much as to ask. */
  private readonly repeating = new Set<string>();
  private readonly meter: StagingMeter;

  constructor(
    private readonly needs: DrainStagingNeeds,
    private readonly options: DrainStagingOptions,
  ) {
    this.meter = new StagingMeter(needs.meter);
  }

  /**
   * One turn. While batches are recorded the next one is read and decided. Rows of a suspended tenant wait. `signal`: begin no
   * other batch.
   */
  async run(source: StagingSource, signal: AbortSignal): Promise<JobProgress> {
    const tenant = await this.needs.tenants.find(source.tenantId);
    if (tenant?.suspended) return { more: false };
    const begun = this.cursors.get(source.table) ?? 0n;
    const retried = await this.retry(source);
    const { taken, cursor } = await this.turn(source, begun, signal);
    this.cursors.set(source.table, cursor);
    return { more: retried + taken > 0 || begun > 0n };
  }

  private async turn(source: StagingSource, after: bigint, signal: AbortSignal): Promise<Turn> {
    const recorded: Promise<number>[] = [];
    let cursor = after;
    try {
      for (let left = this.options.batchesPerTurn; left > 0 && !signal.aborted; left -= 1) {
        const batch = await this.read(source, cursor);
        cursor = batch?.rows.length === this.options.batchSize ? (batch.rows.at(-1)?.id ?? 0n) : 0n;
        await recorded.at(-AT_ONCE);
        if (batch) recorded.push(noted(this.recordSafely(source, batch)));
        if (cursor === 0n) break;
      }
    } finally {
      // Nothing goes on behind the back of whoever is told of a failure.
      await Promise.allSettled(recorded);
    }
    const taken = (await Promise.all(recorded)).reduce((sum, rows) => sum + rows, 0);
    return { taken, cursor };
  }

  /** One batch of those that were found bad before. */
  private async retry(source: StagingSource): Promise<number> {
    const now = this.needs.clock.now();
    const rows = await this.needs.staging.due(source, now, this.options.batchSize);
    return rows.length === 0 ? 0 : this.recordSafely(source, await this.decide(source, rows, true, now));
  }

  private async read(source: StagingSource, after: bigint): Promise<StagingBatch | undefined> {
    const startedAt = this.needs.clock.now();
    const rows = await this.needs.staging.peek(source, after, this.options.batchSize);
    return rows.length === 0 ? undefined : this.decide(source, rows, false, startedAt);
  }

  private async decide(
    source: StagingSource,
    rows: readonly DueRow[],
    retry: boolean,
    startedAt: Date,
  ): Promise<StagingBatch> {
    const { clock, newId, random } = this.needs;
    const now = clock.now();
    const { facts, repeated, bad } = decideRows(rows, source, now, this.options, random);
    const references = facts.map(({ referenceNumber }) => referenceNumber);
    const all = this.repeating.has(source.table);
    const held = await confirmedHolders(this.needs, source.tenantId, references, { all });
    const id = newId(now);
    const { tenantId, businessUnitId } = source;
    const origin = { correlationId: id, traceparent: newTraceparent() };
    const recordings = facts
      .filter(({ referenceNumber }) => !held.has(referenceNumber))
      .map((fact) => newRecording(tenantId, 'staging', { fact, businessUnitId, origin }, now, newId));
    return { id, retry, startedAt, decidedAt: now, rows, recordings, duplicates: repeated + held.size, bad };
  }

  /** A batch that the store refuses is halved until the row stands alone that it cannot take. Rejects when it is not the rows' fault. */
  private async recordSafely(source: StagingSource, batch: StagingBatch): Promise<number> {
    try {
      return await this.record(source, batch);
    } catch (error) {
      if (!(error instanceof RowsRefused)) throw error;
      const { rows, retry, startedAt } = batch;
      const middle = Math.ceil(rows.length / 2);
      if (middle === rows.length) return this.putAside(source, batch, error);
      const first = await this.decide(source, rows.slice(0, middle), retry, startedAt);
      const taken = await this.recordSafely(source, first);
      const second = await this.decide(source, rows.slice(middle), retry, startedAt);
      return taken + (await this.recordSafely(source, second));
    }
  }

  /** How many rows were dealt with: all but those that others had. */
  private async record(source: StagingSource, batch: StagingBatch): Promise<number> {
    let current = batch;
    for (let round = 1; round <= ROUNDS_MAX && current.rows.length > 0; round += 1) {
      const outcome = await this.attempt(source, current);
      if (!('lost' in outcome)) {
        await this.learn(source, current, outcome.duplicates);
        return current.rows.length;
      }
      const lost = new Set(outcome.lost);
      this.meter.left(lost.size);
      // Anew: what repeated a row that is not ours any more is a payment of its own.
      const rest = current.rows.filter(({ id }) => !lost.has(id));
      current = await this.decide(source, rest, batch.retry, batch.startedAt);
    }
    return 0;
  }

  private async attempt(source: StagingSource, batch: StagingBatch): Promise<BatchOutcome> {
    const { staging, clock, logger } = this.needs;
    const ms = stopwatch();
    try {
      const outcome = await staging.record(source, batch);
      this.meter.batch(batch.rows.length, ms());
      return outcome;
    } catch (error) {
      const said = errorFields(error).error;
      if (!(error instanceof Unavailable)) {
        logger.error('a batch of staging could not be recorded', {
          table: source.table,
          rows: batch.rows.length,
          error: said,
        });
        await staging.fail(source, batch, clock.now(), said);
      }
      throw error;
    }
  }

  /** The rules let it pass and the store did not: one more kind of bad row. */
  private putAside(source: StagingSource, batch: StagingBatch, error: RowsRefused): Promise<number> {
    const { clock, newId, random } = this.needs;
    const now = clock.now();
    const reason = `cannot be stored: ${error.message}`;
    const bad = batch.rows.flatMap((row) => ('gone' in row ? [] : [badRow(row, reason, now, this.options, random)]));
    return this.record(source, { ...batch, id: newId(now), decidedAt: now, recordings: [], duplicates: 0, bad });
  }

  /** After the commit: what is remembered before it may never come true. */
  private async learn(
    source: StagingSource,
    { recordings, duplicates, bad }: StagingBatch,
    holders: ReadonlyMap<string, string>,
  ): Promise<void> {
    const [processed, duplicate] = [recordings.length - holders.size, duplicates + holders.size];
    this.meter.recorded({ processed, duplicate, error: bad.length });
    this.repeating[duplicate > processed ? 'add' : 'delete'](source.table);
    await this.needs.seen.remember(
      source.tenantId,
      recordings.map(({ payment: { id, referenceNumber } }) => ({ referenceNumber, paymentId: holders.get(id) ?? id })),
    );
  }
}

/** A failure that is looked at later, and is not an unhandled one until then. */
function noted<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
