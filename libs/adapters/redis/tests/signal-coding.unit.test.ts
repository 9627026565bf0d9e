import { expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { decodeSignals, encodeSignals } from '../src/signal-coding.js';

test('signals come back as they were', () => {
  const signals = [newId(), newId()].map((paymentId) => ({ tenantId: 'acme', paymentId }));
  expect(decodeSignals(encodeSignals(signals))).toEqual(signals);
});

test('the payload is the documented one', () => {
  expect(encodeSignals([{ tenantId: 'acme', paymentId: 'p1' }])).toBe('[{"tenant_id":"acme","payment_id":"p1"}]');
});

test.each([
  '',
  '{',
  'null',
  '42',
  '{}',
  '["x", null, 7]',
  '[{"tenant_id":"acme"}]',
  '[{"tenant_id":1,"payment_id":2}]',
])('what is unreadable is nothing: %s', (text) => expect(decodeSignals(text)).toEqual([]));

test('a bad item does not hide a good one', () => {
  const paymentId = newId();
  expect(decodeSignals(`[{"tenant_id":"a","payment_id":"no"},{"tenant_id":"b","payment_id":"${paymentId}"}]`)).toEqual([
    { tenantId: 'b', paymentId },
  ]);
});
