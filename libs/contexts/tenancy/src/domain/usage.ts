import type { Currency } from '@ferry/kernel';
import type { TenantId } from './tenant.js';

/** `2026-02-28`, in UTC. */
export type Day = string;

/** What a tenant used on one day; the day of a payment is the one on which it was made. */
export interface DayUsage {
  readonly tenantId: TenantId;
  readonly day: Day;
  /** Requests with a key that was let in. Counted in the api's memory and stored every few seconds: a killed api forgets the last. */
  readonly requests: number;
  /** Exact, like everything below. */
  readonly payments: number;
  /** Not ended yet: the day is counted again until there are none. */
  readonly open: number;
  /** Of the payments that succeeded, in minor units. */
  readonly volumeMinor: Readonly<Partial<Record<Currency, bigint>>>;
}

const DAY_MS = 86_400_000;

export const dayOf = (time: Date): Day => time.toISOString().slice(0, 10);
export const startOf = (day: Day): Date => new Date(`${day}T00:00:00.000Z`);
export const dayAfter = (day: Day, days = 1): Day => dayOf(new Date(startOf(day).getTime() + days * DAY_MS));
/** Days that are told at once: a leap year. */
export const USAGE_DAYS_MAX = 366;

/** From the first to the last, both included; less than one when they are the wrong way round. */
export const daysBetween = (from: Day, to: Day): number =>
  (startOf(to).getTime() - startOf(from).getTime()) / DAY_MS + 1;
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(startOf(text).getTime()) && dayOf(startOf(text)) === text;
