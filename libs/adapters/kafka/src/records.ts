import type { OutboxEvent } from '@ferry/messaging';
import { cloudEventHeaders } from './cloud-event-headers.js';
import { EventTooLarge } from './event-too-large.js';

export interface EventRecord {
  readonly event: OutboxEvent;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
  readonly bytes: number;
}

/** Lengths, offset and timestamp deltas of a record (format v2): varints, at most about 30 bytes; headers have two each. */
const recordOverheadBytes = 30;
const headerOverheadBytes = 6;

export function toRecord(event: OutboxEvent, source: string): EventRecord {
  const key = Buffer.from(event.aggregateId);
  const value = Buffer.from(event.payload);
  const headers = cloudEventHeaders(event, source);
  let bytes = recordOverheadBytes + key.length + value.length;
  for (const [name, text] of Object.entries(headers))
    bytes += headerOverheadBytes + name.length + Buffer.byteLength(text);
  return { event, key, value, headers, bytes };
}

/** Throws `EventTooLarge` for the first record above the limit. */
export function refuseTooLarge(records: readonly EventRecord[], bytesMax: number): void {
  for (const { event, bytes } of records) if (bytes > bytesMax) throw new EventTooLarge(event, bytes, bytesMax);
}

/** Cuts records into sends of at most `bytesMax`, in order; a larger record is a send of its own. */
export function inSends(records: readonly EventRecord[], bytesMax: number): EventRecord[][] {
  const sends: EventRecord[][] = [];
  let room = 0;
  for (const record of records) {
    if (record.bytes > room) {
      sends.push([]);
      room = bytesMax;
    }
    sends.at(-1)!.push(record);
    room -= record.bytes;
  }
  return sends;
}
