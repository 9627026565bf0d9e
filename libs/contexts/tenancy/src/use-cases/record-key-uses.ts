import type { Clock } from '@ferry/kernel';
import type { KeyUse, KeyUseLog } from '../ports/key-use-log.js';
import type { Principal } from '../domain/principal.js';

/** Keys whose uses wait in memory at most: beyond it, requests of further keys are not counted until the next round. */
const WAITING_MAX = 100_000;
/** A day in UTC begins with each multiple of it. */
const DAY_MS = 86_400_000;

/** Remembers who came, and stores it now and then: a statement every few seconds instead of one for each request. */
export class RecordKeyUses {
  private waiting = new Map<string, KeyUse>();

  constructor(
    private readonly log: KeyUseLog,
    private readonly clock: Clock,
  ) {}

  note({ tenantId, kind, id }: Principal): void {
    if (kind !== 'key') return;
    const now = this.clock.now();
    // A day of its own: a request counts for the day on which it came.
    const name = `${id} ${Math.floor(now.getTime() / DAY_MS)}`;
    const before = this.waiting.get(name);
    if (!before && this.waiting.size >= WAITING_MAX) return;
    this.waiting.set(name, { tenantId, keyId: id, lastUsedAt: now, requests: (before?.requests ?? 0) + 1 });
  }

  /** One round. What could not be stored waits for the next. */
  async run(): Promise<{ readonly more: false }> {
    const uses = this.waiting;
    if (uses.size === 0) return { more: false };
    this.waiting = new Map();
    try {
      await this.log.record([...uses.values()]);
    } catch (error) {
      for (const [name, use] of uses) this.putBack(name, use);
      throw error;
    }
    return { more: false };
  }

  private putBack(name: string, use: KeyUse): void {
    const since = this.waiting.get(name);
    this.waiting.set(name, since ? { ...since, requests: since.requests + use.requests } : use);
  }
}
