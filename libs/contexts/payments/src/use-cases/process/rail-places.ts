import { stopwatch, type Stopwatch } from '@ferry/kernel';
import type { PaymentId } from '../../domain/payment.js';

/**
 * How long a payment that found no place is put back for: as long again as the longest call has lasted. A rail that is merely
 * busy soon has places again; one that hangs is troubled ever less.
 */
const PUT_BACK_MS_MIN = 1_000;
const PUT_BACK_MS_MAX = 30_000;

interface Place {
  readonly rail: string;
  readonly takenFor: Stopwatch;
}

/** Bounds how many calls each rail has in flight, so that one that hangs does not take the hands of the whole worker. */
export class RailPlaces {
  /** The oldest first: a set keeps the order of arrival. */
  private readonly taken = new Map<string, Set<Place>>();

  constructor(private readonly callsMax: number) {}

  forBatch(): BatchPlaces {
    return new BatchPlaces(this);
  }

  take(rail: string): Place | undefined {
    const places = this.taken.get(rail) ?? new Set();
    if (places.size >= this.callsMax) return undefined;
    const place = { rail, takenFor: stopwatch() };
    this.taken.set(rail, places.add(place));
    return place;
  }

  free(place: Place): void {
    this.taken.get(place.rail)?.delete(place);
  }

  putBackMs(rail: string): number {
    const [oldest] = this.taken.get(rail) ?? [];
    return Math.min(PUT_BACK_MS_MAX, Math.max(PUT_BACK_MS_MIN, Math.round(oldest?.takenFor() ?? 0)));
  }
}

/** The places of one batch. Its transaction may run more than once: a payment keeps the place that it has. */
export class BatchPlaces {
  private readonly byPayment = new Map<PaymentId, Place>();

  constructor(private readonly places: RailPlaces) {}

  take(id: PaymentId, rail: string): boolean {
    const place = this.byPayment.get(id) ?? this.places.take(rail);
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
