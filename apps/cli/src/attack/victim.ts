import { randomUUID } from 'node:crypto';
import type { Caller } from './caller.js';

/** What the other tenant has, and what an attacker might have got hold of. */
export interface Victim {
  readonly ids: readonly string[];
  readonly reference: string;
  readonly idempotencyKey: string;
  readonly cursor: string;
  /** Nothing of this may be in an answer to the attacker, who did not send it. */
  readonly marks: readonly string[];
  readonly paymentId: string;
}

const payment = (reference: string) => ({ amount: '1', currency: 'XAF', reference, metadata: { mark: reference } });

/** Makes things of the tenant to be attacked. Needs all scopes of a tenant. */
export async function makeVictim(a: Caller): Promise<Victim> {
  const mark = `victim-${randomUUID()}`;
  const idempotencyKey = `${mark}-key`;
  const made = (await a.json('POST', '/api/v1/payments', payment(mark), { 'Idempotency-Key': idempotencyKey })) as {
    id: string;
  };
  await a.json('POST', '/api/v1/payments', payment(`${mark}-2`));
  const { next_cursor: cursor } = (await a.json('GET', '/api/v1/payments?limit=1')) as { next_cursor: string };
  const { key } = (await a.json('POST', '/api/v1/keys', { name: mark, scopes: ['payments:read'] })) as {
    key: { id: string; tenant_id: string; prefix: string };
  };
  const unit = mark.slice(0, 30);
  await a.json('POST', '/api/v1/business-units', { id: unit, name: mark });
  const ids = [made.id, key.id, key.tenant_id, unit];
  return {
    ids,
    reference: mark,
    idempotencyKey,
    cursor,
    marks: [mark, made.id, key.id, key.prefix],
    paymentId: made.id,
  };
}
