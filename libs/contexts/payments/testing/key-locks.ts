/** Row locks of the in-memory store: one holder a key; keys are taken in sorted order, so holders cannot deadlock. */
export class KeyLocks {
  private readonly tails = new Map<string, Promise<void>>();

  /** Waits for all of them; answers how to give them back. */
  async acquire(keys: readonly string[]): Promise<() => void> {
    const releases: (() => void)[] = [];
    for (const key of [...new Set(keys)].sort()) releases.push(await this.one(key));
    return () => releases.forEach((release) => release());
  }

  private async one(key: string): Promise<() => void> {
    const before = this.tails.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.tails.set(key, promise);
    await before;
    return () => {
      if (this.tails.get(key) === promise) this.tails.delete(key);
      resolve();
    };
  }
}
