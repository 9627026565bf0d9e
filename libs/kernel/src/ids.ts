import { v7, validate, version } from 'uuid';

/** A UUID of version 7: its first 48 bits are the milliseconds of its creation, so ids sort by time. RFC 9562. */
export type Uuid = string;

/** Makes a UUIDv7; ids of one process rise strictly, also within a millisecond. */
export type NewId = () => Uuid;

export const newId: NewId = () => v7();

/** Any UUID in its canonical lower-case form, of whatever version: ids from outside may be older than version 7. */
export const isUuid = (text: string): boolean => validate(text) && text === text.toLowerCase();

export const isUuidV7 = (text: string): boolean => isUuid(text) && version(text) === 7;

/** The smallest UUIDv7 of an instant: the bound of a partition or of a created-from filter. */
export function firstIdAt(time: Date): Uuid {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** When a UUIDv7 was made, to the millisecond. */
export const timeOfId = (id: Uuid): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
