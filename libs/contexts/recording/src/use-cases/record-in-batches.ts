import { Batcher, isolate } from '@ferry/kernel';
import type { ToldFact } from '../domain/new-recording.js';
import type { TenantId } from '../domain/recorded-payment.js';
import type { FactOutcome, RecordFacts } from './record-facts.js';

interface Wanted {
  readonly tenantId: TenantId;
  readonly item: ToldFact;
}
type Result = FactOutcome | { readonly failure: unknown };

export interface RecordingBatches {
  readonly sizeMax: number;
  readonly concurrency: number;
  readonly waitingMax: number;
  readonly onFlush?: (size: number) => void;
}

/** Webhooks that come while others are being recorded share the next transaction of their tenant. One that fails fails alone. */
export class RecordInBatches {
  private readonly batcher: Batcher<Wanted, Result>;

  constructor(
    private readonly facts: Pick<RecordFacts, 'record'>,
    batches: RecordingBatches,
  ) {
    this.batcher = new Batcher<Wanted, Result>((wanted) => this.flush(wanted), batches);
  }

  /** Rejects with `BatcherFull` or `Unavailable` (kernel): then nothing is known of it, and it may be sent again. */
  async record(tenantId: TenantId, item: ToldFact): Promise<FactOutcome> {
    const result = await this.batcher.add({ tenantId, item });
    if ('failure' in result) throw result.failure;
    return result;
  }

  private async flush(wanted: readonly Wanted[]): Promise<readonly Result[]> {
    const results = new Map<Wanted, Result>();
    const groups = [...Map.groupBy(wanted, ({ tenantId }) => tenantId)];
    await Promise.all(
      groups.map(async ([tenantId, group]) => {
        const outcomes = await this.recordGroup(tenantId, group);
        group.forEach((one, i) => results.set(one, outcomes[i] as Result));
      }),
    );
    return wanted.map((one) => results.get(one) as Result);
  }

  /** What one tenant cannot record is no reason to refuse another. */
  private async recordGroup(tenantId: TenantId, group: readonly Wanted[]): Promise<readonly Result[]> {
    try {
      const run = (some: readonly Wanted[]): Promise<readonly Result[]> =>
        this.facts.record(
          tenantId,
          'webhook',
          some.map(({ item }) => item),
        );
      return await isolate(group, run, (_one, failure) => ({ failure }));
    } catch (failure) {
      return group.map(() => ({ failure }));
    }
  }
}
