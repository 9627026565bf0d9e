import { Spacing } from './spacing.js';

export interface BatcherOptions {
  /** Items of one flush at most. */
  readonly sizeMax: number;
  /** Flushes in flight at once. Further items wait and so form the next batch: no timer, hence no delay at low load. */
  readonly concurrency: number;
  /** Items waiting at most; beyond it `add` rejects with `BatcherFull` instead of growing without bound. */
  readonly waitingMax: number;
  /** Starts of flushes are at least so far apart, unless a batch is full. Default 0. */
  readonly spacingMs?: number;
  readonly onFlush?: (size: number) => void;
}

export class BatcherFull extends Error {
  override readonly name = 'BatcherFull';
}

interface Waiting<I, O> {
  readonly item: I;
  resolve(output: O): void;
  reject(error: unknown): void;
}

/**
 * Natural batching: while `concurrency` flushes are in flight, what arrives fills the next batch. At low load every item
 * is a batch of its own; under load a hundred callers share one transaction. `flush` answers one output per item, in order.
 */
export class Batcher<I, O> {
  private waiting: Waiting<I, O>[] = [];
  private inFlight = 0;
  private scheduled = false;
  private pause: NodeJS.Timeout | undefined;
  private readonly spacing: Spacing;

  constructor(
    private readonly flush: (items: readonly I[]) => Promise<readonly O[]>,
    private readonly options: BatcherOptions,
  ) {
    this.spacing = new Spacing(options.spacingMs ?? 0);
  }

  add(item: I): Promise<O> {
    if (this.waiting.length >= this.options.waitingMax)
      return Promise.reject(new BatcherFull(`more than ${this.options.waitingMax} items wait`));
    return new Promise<O>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  get size(): number {
    return this.waiting.length;
  }

  /** One turn of the event loop lets requests that were read together share their batch. */
  private schedule(): void {
    if (this.inFlight >= this.options.concurrency) return;
    if (this.waiting.length >= this.options.sizeMax) this.endPause();
    if (this.scheduled) return;
    this.scheduled = true;
    const { waitMs } = this.spacing;
    if (waitMs > 0 && this.waiting.length < this.options.sizeMax) this.pause = setTimeout(() => this.start(), waitMs);
    else setImmediate(() => this.start());
  }

  private endPause(): void {
    if (this.pause === undefined) return;
    clearTimeout(this.pause);
    this.pause = undefined;
    this.scheduled = false;
  }

  private start(): void {
    this.pause = undefined;
    this.scheduled = false;
    this.spacing.started();
    while (this.inFlight < this.options.concurrency && this.waiting.length > 0) void this.run();
  }

  private async run(): Promise<void> {
    const batch = this.waiting.splice(0, this.options.sizeMax);
    this.inFlight += 1;
    try {
      this.options.onFlush?.(batch.length);
      const outputs = await this.flush(batch.map(({ item }) => item));
      if (outputs.length !== batch.length)
        throw new Error(`a flush of ${batch.length} items answered ${outputs.length} outputs`);
      batch.forEach((waiting, i) => waiting.resolve(outputs[i] as O));
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      this.inFlight -= 1;
      if (this.waiting.length > 0) this.schedule();
    }
  }
}
