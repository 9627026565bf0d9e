import { stopwatch, type Stopwatch } from '@ferry/kernel';
import type { PaymentId, TenantId } from '../../domain/payment.js';

/**
 * How long a payment that found no place is put back for: as long again as the longest call has lasted. A rail that is merely
 * busy soon has places again; one that hangs is troubled ever less.
 */
const PUT_BACK_MS_MIN = 1_000;
const PUT_BACK_MS_MAX = 30_000;

/**
 * A tenant may hold this many times what is free: alone nine tenths of the places, so that another one's payment finds some. With a
 * fixed share for each, one alone could not use what nobody else wants.
 */
const HELD_PER_FREE = 9;

interface Place {
  readonly rail: string;
  readonly tenantId: TenantId;
  readonly takenFor: Stopwatch;
}

/** Bounds how many calls each rail has in flight, so that one that hangs does not take the hands of the whole worker, nor one tenant the rail. */
export class RailPlaces {
  /** The oldest first: a set keeps the order of arrival. */
  private readonly taken = new Map<string, Set<Place>>();
  /** How many of them a tenant holds. */
  private readonly held = new Map<string, number>();

  constructor(private readonly callsMax: number) {}

  forBatch(): BatchPlaces {
    return new BatchPlaces(this);
  }

  take(rail: string, tenantId: TenantId): Place | undefined {
    const places = this.taken.get(rail) ?? new Set();
    const held = this.held.get(keyOf(rail, tenantId)) ?? 0;
    if (held >= HELD_PER_FREE * (this.callsMax - places.size)) return undefined;
    const place = { rail, tenantId, takenFor: stopwatch() };
    this.taken.set(rail, places.add(place));
    this.held.set(keyOf(rail, tenantId), held + 1);
    return place;
  }

  free(place: Place): void {
    if (!this.taken.get(place.rail)?.delete(place)) return;
    const key = keyOf(place.rail, place.tenantId);
    const left = (this.held.get(key) ?? 1) - 1;
    if (left === 0) this.held.delete(key);
    else this.held.set(key, left);
  }

  putBackMs(rail: string): number {
    const [oldest] = this.taken.get(rail) ?? [];
    return Math.min(PUT_BACK_MS_MAX, Math.max(PUT_BACK_MS_MIN, Math.round(oldest?.takenFor() ?? 0)));
  }
}

const keyOf = (rail: string, tenantId: TenantId): string => `${rail} ${tenantId}`;

/** The places of one batch. Its transaction may run more than once: a payment keeps the place that it has. */
export class BatchPlaces {
  private readonly byPayment = new Map<PaymentId, Place>();

  constructor(private readonly places: RailPlaces) {}

  take(id: PaymentId, rail: string, tenantId: TenantId): boolean {
    const place = this.byPayment.get(id) ?? this.places.take(rail, tenantId);
    if (place) this.byPayment.set(id, place);
    return place !== undefined;
  }

  free(id: PaymentId): void {
    const place = this.byPayment.get(id);
    if (place) this.places.free(place);
    this.byPayment.delete(id);
  }

  /** Of what was not called after all. */
  freeAllBut(called: ReadonlySet<PaymentId>): void {
    for (const id of this.byPayment.keys()) if (!called.has(id)) this.free(id);
  }
}
