import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { newId, newTraceparent, parseMoney } from '@ferry/kernel';
import {
  eventJson,
  failureReasons,
  limits,
  Payment,
  paymentEventTypes,
  paymentKinds,
  type Change,
  type PaymentEvent,
  type PaymentInstruction,
} from '@ferry/payments';
import { RECORDED_EVENT, recordedEventJson, factLimits } from '@ferry/recording';
import { aRecording, moneyOf } from '@ferry/recording/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const directory = resolve(import.meta.dirname, '../docs/events');
const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
formats.default(ajv);
const schemas = readdirSync(directory).filter((file) => file.endsWith('.schema.json'));
for (const file of schemas) ajv.addSchema(JSON.parse(readFileSync(join(directory, file), 'utf8')) as object, file);

const occasion = () => ({ now: new Date(), eventId: newId() });

const instruction = (amount: string, currency: string, more: Partial<PaymentInstruction> = {}): PaymentInstruction => {
  const parsed = parseMoney(amount, currency);
  if ('fault' in parsed) throw new Error(parsed.fault);
  const origin = { correlationId: 'c', traceparent: newTraceparent() };
  return {
    tenantId: 't',
    businessUnitId: 'default',
    kind: 'PAYMENT',
    rail: 'simulated',
    money: parsed.money,
    reference: 'r',
    metadata: {},
    origin,
    ...more,
  };
};

/** The least and the most that a payment can be. */
const instructions: readonly PaymentInstruction[] = [
  instruction('1', 'XAF'),
  instruction('0.001', 'KWD', { metadata: { nested: { list: [1, null, true, '🛶'] } } }),
  ...paymentKinds.map((kind) => instruction('9999999999999.99', 'EUR', { kind })),
  instruction('99999999999.9999', 'CLF', {
    tenantId: 't'.repeat(20),
    businessUnitId: 'u'.repeat(limits.businessUnitIdLength),
    reference: '支'.repeat(limits.referenceLength),
    externalId: 'e'.repeat(limits.externalIdLength),
    accountId: 'a'.repeat(limits.accountIdLength),
    metadata: { text: 'm'.repeat(limits.metadataBytes - 20) },
  }),
];

/** Every event that the domain can make of a payment, by every way to get there. */
function eventsOf(asked: PaymentInstruction): PaymentEvent[] {
  const created = Payment.create(asked, newId(), occasion());
  const taken = created.payment.takeUp(occasion(), new Date());
  const again = taken.payment.postpone(new Date(), new Date(), 'unknown').payment.takeUp(occasion(), new Date());
  const ways = [created.payment, created.payment.countAttempt(new Date()), taken.payment, again.payment];
  const endings = ways.flatMap((payment): Change[] => [
    payment.succeed(occasion()),
    payment.succeed(occasion(), 'p'.repeat(100)),
    ...Object.keys(failureReasons).map((reason) => payment.fail(occasion(), reason)),
    ...(payment.state.status === 'PENDING' ? [payment.cancel(occasion())] : []),
  ]);
  return [created, taken, again, ...endings].flatMap(({ events }) => events);
}

describe('docs/events', () => {
  test('there is a schema for each type of event, one for what they share, and no other', () => {
    const names = [...Object.values(paymentEventTypes), 'payment', RECORDED_EVENT].map((type) => `${type}.schema.json`);
    expect(schemas.sort()).toEqual(names.sort());
  });

  test.each(Object.values(paymentEventTypes))('every %s that the domain makes is valid', (type) => {
    const validate = ajv.getSchema(`${type}.schema.json`);
    if (!validate) throw new Error(`no schema for ${type}`);
    const events = instructions.flatMap(eventsOf).filter((event) => event.type === type);
    expect(events.length).toBeGreaterThanOrEqual(instructions.length);
    for (const event of events) {
      const valid = validate(JSON.parse(eventJson(event)));
      expect({ valid, event: eventJson(event), errors: validate.errors }).toMatchObject({ valid: true });
    }
  });

  test('so is what it makes of a recorded payment, and no member is missing from the schema', () => {
    const validate = ajv.getSchema(`${RECORDED_EVENT}.schema.json`);
    if (!validate) throw new Error('no schema');
    const recordings = [
      aRecording({ money: moneyOf('1', 'XAF') }),
      aRecording({
        tenantId: 't'.repeat(20),
        businessUnitId: 'b'.repeat(30),
        source: 'staging',
        referenceNumber: '支'.repeat(factLimits.referenceNumber),
        loanAccountNumber: 'l'.repeat(factLimits.loanAccountNumber),
        cif: 'c'.repeat(factLimits.cif),
        money: moneyOf('99999999999.9999', 'CLF'),
        paymentChannel: 'p'.repeat(factLimits.paymentChannel),
        metadata: { nested: { list: [1, null, true, '🛶'] } },
      }),
    ];
    const { properties } = (validate.schema as { properties: { payment: { properties: object } } }).properties.payment;
    for (const recording of recordings) {
      const event = JSON.parse(recordedEventJson(recording)) as { payment: Record<string, unknown> };
      const valid = validate(event);
      expect({ valid, event, errors: validate.errors }).toMatchObject({ valid: true });
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(event.payment)));
      for (const member of Object.keys(event.payment))
        expect(validate({ ...event, payment: { ...event.payment, [member]: undefined } })).toBe(false);
      expect(validate({ ...event, version: 2 })).toBe(false);
    }
  });

  test('a recorded payment has every member of the source design, by its type, also when nothing optional was told', () => {
    const { payment, ...envelope } = JSON.parse(recordedEventJson(aRecording())) as Record<string, unknown>;
    const typesOf = (object: object) =>
      Object.fromEntries(Object.entries(object).map(([name, one]) => [name, typeof one]));
    const [string, number, object] = ['string', 'number', 'object'];
    expect(typesOf(envelope)).toMatchObject({ event_id: string, event_type: string, timestamp: string });
    expect(typesOf(payment as object)).toMatchObject({
      id: string,
      reference_number: string,
      loan_account_number: string,
      cif: string,
      amount: number,
      payment_date: string,
      payment_channel: string,
      source: string,
      metadata: object,
    });
    expect(payment).toMatchObject({ payment_channel: '', metadata: {} });
  });

  test('the examples in the README are valid', () => {
    const readme = readFileSync(join(directory, 'README.md'), 'utf8');
    const examples = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json) as object);
    const types = examples.map((example) => {
      const { event_type: type } = example as { event_type: string };
      expect({ type, valid: ajv.getSchema(`${type}.schema.json`)?.(example) }).toEqual({ type, valid: true });
      return type;
    });
    expect(types).toEqual([RECORDED_EVENT, 'payment.succeeded']);
  });
});
