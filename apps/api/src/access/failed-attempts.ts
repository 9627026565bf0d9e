import { isIPv6 } from 'node:net';

const FAILURES_MAX = 20;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; those that failed first are forgotten first. */
const ADDRESSES_MAX = 10_000;

interface Failures {
  count: number;
  readonly endsAt: number;
}

/**
 * Counts failed attempts by address, in this process. Only attempts that fail are slowed down: a valid key comes in from
 * every address, or one client with an old key would shut out all that share its proxy.
 */
export class FailedAttempts {
  private readonly byAddress = new Map<string, Failures>();

  /** Notes one more; how long the address must wait, or undefined. `first`: it has only now failed too often. */
  note(address: string): { readonly waitMs: number; readonly first: boolean } | undefined {
    const now = performance.now();
    const name = networkOf(address);
    const failures = this.current(name, now);
    failures.count += 1;
    if (failures.count <= FAILURES_MAX) return undefined;
    return { waitMs: failures.endsAt - now, first: failures.count === FAILURES_MAX + 1 };
  }

  private current(name: string, now: number): Failures {
    const known = this.byAddress.get(name);
    if (known && known.endsAt > now) return known;
    const fresh = { count: 0, endsAt: now + WINDOW_MS };
    this.byAddress.delete(name);
    this.byAddress.set(name, fresh);
    if (this.byAddress.size > ADDRESSES_MAX) this.byAddress.delete(this.byAddress.keys().next().value as string);
    return fresh;
  }
}

/** Whoever has one IPv6 address has all 2^64 of its network. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = ''] = address.split('::');
  const groups = head.split(':');
  return [...groups, '0', '0', '0', '0'].slice(0, 4).join(':');
}
