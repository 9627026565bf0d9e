import { describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { aMessage } from '@ferry/payments/testing';
import type { Message } from 'amqplib';
import { asDead, asReplay, deadLetterOf, decode, encode, type Envelope } from '../src/message.js';

const now = new Date('2026-01-02T03:04:05.678Z');

/** As the broker would deliver it. */
const delivered = ({ content, properties }: Envelope): Message =>
  ({ content, properties, fields: {} }) as unknown as Message;

const raw = (content: string, headers: Record<string, unknown> = {}): Message =>
  ({ content: Buffer.from(content), properties: { headers }, fields: {} }) as unknown as Message;

describe('a message on its way', () => {
  test('comes back as it was', () => {
    const message = { ...aMessage(), attempt: 7 };
    expect(decode(delivered(encode(message, now)))).toEqual({ message });
  });

  test('has the documented body and properties', () => {
    const message = aMessage();
    const { content, properties } = encode(message, now);
    expect(content.toString()).toBe(`{"tenant_id":"acme","payment_id":"${message.paymentId}"}`);
    expect(properties).toMatchObject({
      type: 'payment.due',
      contentType: 'application/json',
      correlationId: message.origin?.correlationId,
      timestamp: 1767323045,
      headers: { 'schema-version': 1, attempt: 0, traceparent: message.origin?.traceparent },
    });
  });

  test('has an id of its own at each publication', () => {
    const message = aMessage();
    expect(encode(message, now).properties.messageId).not.toBe(encode(message, now).properties.messageId);
  });

  test('needs no headers', () => {
    const paymentId = newId();
    const message = raw(`{"tenant_id":"acme","payment_id":"${paymentId}"}`);
    expect(decode(message)).toEqual({ message: { tenantId: 'acme', paymentId, attempt: 0 } });
  });

  test.each([-1, 1.5, '3', null, Number.NaN])('an attempt of %p is none', (attempt) => {
    const { content, properties } = encode(aMessage(), now);
    const headers = { ...properties.headers, attempt: attempt };
    expect(decode(delivered({ content, properties: { ...properties, headers } }))).toMatchObject({
      message: { attempt: 0 },
    });
  });

  test('an origin with a bad traceparent is none', () => {
    const { content, properties } = encode(aMessage(), now);
    const headers = { ...properties.headers, traceparent: 'nonsense' };
    const decoded = decode(delivered({ content, properties: { ...properties, headers } }));
    expect('message' in decoded && decoded.message.origin).toBeUndefined();
  });

  test.each([
    ['', 'not a JSON object'],
    ['{', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['42', 'not a JSON object'],
    ['[]', 'no valid tenant_id'],
    ['{}', 'no valid tenant_id'],
    [`{"tenant_id":"","payment_id":"${newId()}"}`, 'no valid tenant_id'],
    [`{"tenant_id":"${'x'.repeat(21)}","payment_id":"${newId()}"}`, 'no valid tenant_id'],
    ['{"tenant_id":"acme"}', 'no valid payment_id'],
    ['{"tenant_id":"acme","payment_id":"1"}', 'no valid payment_id'],
    ['{"tenant_id":"acme","payment_id":7}', 'no valid payment_id'],
  ])('unreadable: %s', (content, why) => expect(decode(raw(content))).toEqual({ unreadable: why }));

  test('of a schema that is not known is unreadable', () => {
    const decoded = decode(raw(`{"tenant_id":"a","payment_id":"${newId()}"}`, { 'schema-version': 2 }));
    expect(decoded).toEqual({ unreadable: 'schema version 2 is unknown' });
  });
});

describe('a dead letter', () => {
  test('has the message, the reason and the time to the second', () => {
    const message = { ...aMessage(), attempt: 3 };
    const letter = deadLetterOf(delivered(asDead(delivered(encode(message, now)), 'no such rail', now)));
    expect(letter).toEqual({ message, reason: 'no such rail', deadAt: new Date('2026-01-02T03:04:05Z') });
  });

  test('of an unreadable message has no message but keeps its body', () => {
    const dead = asDead(raw('{"broken'), 'not a JSON object', now);
    expect(dead.content.toString()).toBe('{"broken');
    expect(deadLetterOf(delivered(dead))).toEqual({
      reason: 'not a JSON object',
      deadAt: new Date('2026-01-02T03:04:05Z'),
    });
  });

  test('keeps the head of a long reason', () => {
    const letter = deadLetterOf(delivered(asDead(raw('x'), 'r'.repeat(10_000), now)));
    expect(letter.reason).toBe('r'.repeat(500));
  });

  test('that the broker made says so', () => {
    const death = { reason: 'delivery_limit', time: { '!': 'timestamp', value: 1767323045 } };
    const letter = deadLetterOf(raw('x', { 'x-death': [death] }));
    expect(letter).toEqual({ reason: 'broker: delivery_limit', deadAt: new Date('2026-01-02T03:04:05Z') });
  });

  test('without any trace of why is one all the same', () => {
    expect(deadLetterOf(raw('x'))).toEqual({ reason: 'broker: unknown', deadAt: undefined });
  });

  test('is replayed with its origin, counted anew, without its reason', () => {
    const message = { ...aMessage(), attempt: 9 };
    const dead = delivered(asDead(delivered(encode(message, now)), 'why', now));
    const replay = asReplay(dead, now);
    expect(decode(delivered(replay))).toEqual({ message: { ...message, attempt: 0 } });
    expect(replay.properties.headers).not.toHaveProperty('reason');
  });
});
