import { expect, test } from '@jest/globals';
import { eventJson, paymentJson } from '../src/domain/event-json.js';
import { aChange, anOccasion, moneyOf } from '../testing/builders.js';

const now = new Date('2026-02-28T23:59:59.999Z');

test('an event carries the envelope, then the subject in snake_case', () => {
  const created = aChange({
    now,
    tenantId: 'acme',
    reference: 'REF-1',
    accountId: 'a',
    metadata: { 'clé "x"': ['🛶', null] },
  });
  const failed = created.payment.fail(anOccasion(now), 'insufficient_funds');
  const [event] = failed.events;
  if (!event) throw new Error('a failure is told');
  expect(JSON.parse(eventJson(event))).toEqual({
    event_id: event.id,
    event_type: 'payment.failed',
    timestamp: '2026-02-28T23:59:59.999Z',
    version: 2,
    payment: {
      tenant_id: 'acme',
      id: created.payment.id,
      business_unit_id: 'default',
      kind: 'PAYMENT',
      rail: 'simulated',
      amount: 100.5,
      currency: 'EUR',
      reference: 'REF-1',
      account_id: 'a',
      metadata: { 'clé "x"': ['🛶', null] },
      status: 'FAILED',
      reason: 'insufficient_funds',
      attempts: 0,
      created_at: '2026-02-28T23:59:59.999Z',
      updated_at: '2026-02-28T23:59:59.999Z',
    },
  });
});

test.each([
  ['100.5', 'EUR', '100.50'],
  ['1500', 'XAF', '1500'],
  ['0.001', 'KWD', '0.001'],
  ['9999999999999.99', 'EUR', '9999999999999.99'],
  ['999999999999999', 'XAF', '999999999999999'],
  ['99999999999.9999', 'CLF', '99999999999.9999'],
])('%s %s is the JSON number %s, digit by digit', (amount, currency, json) => {
  const { state } = aChange({ money: moneyOf(amount, currency) }).payment;
  expect(paymentJson(state)).toContain(`"amount":${json},`);
});
