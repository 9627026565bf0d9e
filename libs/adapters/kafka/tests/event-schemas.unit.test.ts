import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { newId, newTraceparent, parseMoney } from '@ferry/kernel';
import { anOutboxEvent } from '@ferry/messaging/testing';
import { eventJson, Payment, paymentEventTypes, type Change } from '@ferry/payments';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { cloudEventHeaders } from '../src/cloud-event-headers.js';

const directory = new URL('../../../../docs/events/', import.meta.url).pathname;
const readme = readFileSync(`${directory}README.md`, 'utf8');
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
for (const file of globSync('*.schema.json', { cwd: directory }))
  ajv.addSchema(JSON.parse(readFileSync(directory + file, 'utf8')));

const occasion = () => ({ now: new Date('2026-01-02T03:04:05.678Z'), eventId: newId() });

/** One real change for each type of event. */
function changes(): Change[] {
  const parsed = parseMoney('100.50', 'EUR');
  if (!('money' in parsed)) throw new Error(parsed.fault);
  const instruction = {
    tenantId: 'acme',
    businessUnitId: 'north',
    kind: 'PAYMENT',
    rail: 'simulated',
    money: parsed.money,
    reference: 'invoice-1',
    metadata: { order: { lines: [1, null, 'x'] } },
    origin: { correlationId: 'c', traceparent: newTraceparent() },
  } as const;
  const created = Payment.create(instruction, newId(), occasion());
  const { payment } = created;
  return [
    created,
    payment.takeUp(occasion(), new Date('2026-01-02T03:05:00Z')),
    payment.succeed(occasion(), 'provider-1'),
    payment.fail(occasion(), 'insufficient_funds'),
    payment.cancel(occasion()),
  ];
}

describe('docs/events', () => {
  const events = changes().map(({ events: [event] }) => event!);

  test('every type of event is covered here, and has a schema where ce_dataschema points', () => {
    expect(events.map(({ type }) => type).sort()).toEqual(Object.values(paymentEventTypes).sort());
    for (const type of Object.values(paymentEventTypes)) {
      const { ce_dataschema } = cloudEventHeaders(anOutboxEvent({ type }), '/ferry');
      expect(ajv.getSchema(ce_dataschema!)).toBeDefined();
      expect(readme).toContain(`\`${type}\``);
    }
  });

  test.each(events)('$type: what the engine writes is valid, and no other type is', (event) => {
    const json = JSON.parse(eventJson(event)) as Record<string, unknown>;
    for (const type of Object.values(paymentEventTypes)) {
      const validate = ajv.getSchema(`/events/${type}.schema.json`)!;
      const valid = validate(json) as boolean;
      expect({ type, valid, errors: valid ? [] : type === event.type && validate.errors }).toMatchObject({
        valid: type === event.type,
      });
    }
  });

  test('members of the payment that the engine writes are described', () => {
    const described = Object.keys(
      (JSON.parse(readFileSync(`${directory}payment.schema.json`, 'utf8')) as { properties: object }).properties,
    );
    for (const event of events)
      expect(described).toEqual(
        expect.arrayContaining(Object.keys((JSON.parse(eventJson(event)) as { payment: object }).payment)),
      );
  });

  test('unknown members are let through, missing and wrong ones are not', () => {
    const failed = JSON.parse(eventJson(events[3]!)) as { payment: Record<string, unknown> };
    const validate = ajv.getSchema('/events/payment.failed.schema.json')!;
    expect(validate({ ...failed, later: 1, payment: { ...failed.payment, later: 1 } })).toBe(true);
    expect(validate({ ...failed, payment: { ...failed.payment, reason: undefined } })).toBe(false);
    expect(validate({ ...failed, payment: { ...failed.payment, amount: '100.50' } })).toBe(false);
    expect(validate({ ...failed, version: 1 })).toBe(false);
  });

  test('the table of headers in the README is the headers that are sent', () => {
    const section = readme.slice(readme.indexOf('| header |'), readme.indexOf('## What you may rely on'));
    const documented = [...section.matchAll(/^\| `([a-z_-]+)`/gm)].map(([, name]) => name!);
    expect(documented.sort()).toEqual(Object.keys(cloudEventHeaders(anOutboxEvent(), '/ferry')).sort());
  });

  test('the example in the README is valid', () => {
    const example = /```json\n([\s\S]*?)```/.exec(readme.slice(readme.indexOf('## The record')))![1]!;
    expect(ajv.getSchema('/events/payment.succeeded.schema.json')!(JSON.parse(example))).toBe(true);
  });
});
