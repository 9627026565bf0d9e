import type { Stopwatch } from './stopwatch.js';

/** The latest used of a bounded number of values, each for a bounded time from when it was true. */
export class AgingCache<V extends { readonly age: Stopwatch }> {
  /** In order of use: a Map remembers the order of insertion. */
  private readonly values = new Map<string, V>();

  constructor(
    private readonly sizeMax: number,
    private readonly holdMs: number,
  ) {}

  get size(): number {
    return this.values.size;
  }

  get(key: string): V | undefined {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    this.values.delete(key);
    if (value.age() > this.holdMs) return undefined;
    this.values.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size <= this.sizeMax) return;
    const [oldest] = this.values.keys();
    this.values.delete(oldest as string);
  }
}
