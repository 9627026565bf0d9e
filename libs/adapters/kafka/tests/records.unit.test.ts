import { describe, expect, test } from '@jest/globals';
import { isTraceparent, traceIdOf } from '@ferry/kernel';
import { anOutboxEvent } from '@ferry/messaging/testing';
import { cloudEventHeaders } from '../src/cloud-event-headers.js';
import { EventTooLarge } from '../src/index.js';
import { inSends, refuseTooLarge, toRecord } from '../src/records.js';

const recordOf = (payloadBytes: number, version = 1) =>
  toRecord(anOutboxEvent({ version, payload: 'x'.repeat(payloadBytes) }), '/ferry');

describe('records', () => {
  test('key and value are the bytes of aggregate id and payload', () => {
    const event = anOutboxEvent({ payload: '{"text":"Zażółć \u{1F6F6}"}' });
    const { key, value, bytes } = toRecord(event, '/ferry');
    expect(key.toString()).toBe(event.aggregateId);
    expect(value.equals(Buffer.from(event.payload))).toBe(true);
    expect(bytes).toBeGreaterThan(
      key.length + value.length + JSON.stringify(cloudEventHeaders(event, '/ferry')).length / 2,
    );
  });

  test('the hop has its own span in the trace of the event', () => {
    const event = anOutboxEvent();
    const { traceparent, ce_traceparent } = cloudEventHeaders(event, '/ferry');
    expect(isTraceparent(traceparent)).toBe(true);
    expect(traceIdOf(traceparent!)).toBe(traceIdOf(event.origin.traceparent));
    expect(traceparent).not.toBe(ce_traceparent);
    expect(ce_traceparent).toBe(event.origin.traceparent);
  });

  test('CloudEvents attribute names are lower-case letters and digits', () => {
    const attributes = Object.keys(cloudEventHeaders(anOutboxEvent(), '/ferry')).filter((name) =>
      name.startsWith('ce_'),
    );
    for (const name of attributes) expect(name.slice(3)).toMatch(/^[a-z0-9]{1,20}$/);
  });

  test.each([
    { payloads: [], sends: [] },
    { payloads: [100], sends: [1] },
    { payloads: [1000, 1000, 1000, 1000, 1000], sends: [3, 2] },
    { payloads: [3000, 100, 3000, 100], sends: [2, 2] },
  ])('payloads of $payloads bytes leave in sends of $sends records', ({ payloads, sends }) => {
    const records = payloads.map((bytes, i) => recordOf(bytes, i + 1));
    const cut = inSends(records, 5000);
    expect(cut.map(({ length }) => length)).toEqual(sends);
    expect(cut.flat()).toEqual(records);
    for (const send of cut) expect(send.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(5000);
  });

  test('a record above the limit is refused by name', () => {
    const large = recordOf(5000);
    expect(() => refuseTooLarge([recordOf(10), large], 5000)).toThrow(EventTooLarge);
    expect(() => refuseTooLarge([large], 5000)).toThrow(large.event.eventId);
    expect(() => refuseTooLarge([large], large.bytes)).not.toThrow();
  });

  test('a record larger than a send travels alone, in its place', () => {
    const records = [recordOf(10), recordOf(5000, 2), recordOf(10, 3), recordOf(10, 4)];
    expect(inSends(records, 2000).map(({ length }) => length)).toEqual([1, 1, 2]);
  });
});
