import { v7, validate, version } from 'uuid';
import { randomBytes } from './random-bytes.js';

/** A UUID of version 7: its first 48 bits are the milliseconds of its creation, so ids sort by time. RFC 9562. */
export type Uuid = string;

/** Makes a UUIDv7 of this instant (now when not given). Ids of one process rise strictly, also within a millisecond and when the clock goes back. */
export type NewId = (at?: Date) => Uuid;

/** RFC 9562 section 6.2, method 1: a counter of 32 bits, begun at random below half so that it does not run over. */
const SEQUENCE_START_MAX = 2 ** 31;

function makeNewId(): NewId {
  let last = { msecs: 0, seq: 0 };
  return (at = new Date()) => {
    const msecs = at.getTime();
    last =
      msecs > last.msecs
        ? { msecs, seq: Math.floor(Math.random() * SEQUENCE_START_MAX) }
        : { msecs: last.msecs, seq: last.seq + 1 };
    return v7({ ...last, random: randomBytes(16) });
  };
}

export const newId: NewId = makeNewId();

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
