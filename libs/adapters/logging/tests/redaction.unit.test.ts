import { describe, expect, test } from '@jest/globals';
import { cpuMs } from '../../../../tests/harness/cpu.js';
import { redactField, redactText } from '../src/redaction.js';

describe('redactField', () => {
  test.each([
    'authorization',
    'Authorization',
    'x-authorization',
    'password',
    'db_password',
    'clientSecret',
    'client_secret',
    'access_token',
    'token',
    'notif_token',
    'api_key',
    'apiKey',
    'apikey',
    'X-Api-Key',
    'idempotency_key',
    'Idempotency-Key',
    'x-idempotency-key',
    'idempotencyKey',
    'Ocp-Apim-Subscription-Key',
    'private_key',
    'set-cookie',
    'pin',
    'otp_code',
    'webhook-signature',
    'dsn',
  ])('%s is redacted, whatever its value', (name) => {
    expect(redactField(name, 'value')).toBe('[redacted]');
    expect(redactField(name, { nested: 'value' })).toBe('[redacted]');
    expect(redactField(name, undefined)).toBeUndefined();
  });

  test.each([
    'key',
    'reference',
    'payment_id',
    'tokens_per_second',
    'spinner',
    'authorized',
    'monkey',
    'routing_key',
    'tenant_id',
  ])('%s is kept', (name) => expect(redactField(name, 'value')).toBe('value'));

  test.each([
    { name: 'phone', value: '+237 670 123 456', logged: '***456' },
    { name: 'msisdn', value: '237670123456', logged: '***456' },
    { name: 'payer_msisdn', value: 237670123456n, logged: '***456' },
    { name: 'phoneNumber', value: 670123456, logged: '***456' },
    { name: 'phone_number', value: '12', logged: '***' },
    { name: 'phone', value: { number: '237670123456' }, logged: '[redacted]' },
    { name: 'phone', value: null, logged: null },
  ])('$name $value is logged as $logged', ({ name, value, logged }) => expect(redactField(name, value)).toBe(logged));
});

describe('redactText', () => {
  test.each([
    ['amqp://user:pass@rabbit:5672/%2f', 'amqp://[redacted]@rabbit:5672/%2f'],
    ['cannot reach postgres://ferry:p@ss@db/ferry: refused', 'cannot reach postgres://[redacted]@db/ferry: refused'],
    ['redis://:secret@cache:6379', 'redis://[redacted]@cache:6379'],
    ['http://a:b@h1 and https://c:d@h2', 'http://[redacted]@h1 and https://[redacted]@h2'],
    ['https://example.com/path?mail=a@b.c', 'https://example.com/path?mail=a@b.c'],
    ['no url, a@b.c', 'no url, a@b.c'],
  ])('%s', (text, expected) => expect(redactText(text)).toBe(expected));

  test('takes linear time on hostile text', () => {
    expect(cpuMs(() => redactText('a://'.repeat(50_000)))).toBeLessThan(1_000);
  });
});
