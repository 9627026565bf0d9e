import type { Caller, Reply } from './caller.js';
import type { Operation } from './operations.js';
import { filled, searchOf } from './paths.js';
import { jsonIn } from './saying.js';
import { OPERATORS } from './tenant.js';
import { newMark } from './values.js';

/** Said to somebody of a business unit about what is the whole tenant's. */
const OUTSIDE = 'outside-business-unit';

/** Names are unique in a tenant, so its units learn of each other that one is taken, and nothing else. */
export const takenNames: ReadonlySet<string> = new Set(['duplicate-reference', 'idempotency-key-reused', 'name-taken']);

export function codeOf(reply: Reply): string {
  const [body] = reply.status < 400 ? [] : jsonIn(reply);
  const { code } = (body ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Operations that are not for units. They are asked with what none of them takes, so that nothing is done. */
export async function closedToUnits(operations: readonly Operation[], caller: Caller): Promise<ReadonlySet<Operation>> {
  const closed = new Set<Operation>();
  for (const operation of operations) {
    const { method, path, parameters, body, scope } = operation;
    const nobodys = Object.fromEntries(parameters.map((name) => [name, newMark()]));
    const call = { method, path: `${filled(path, nobodys)}${searchOf(operation)}`, ...(body && { body: [] }) };
    if (scope === OPERATORS || codeOf(await caller.call(call)) === OUTSIDE) closed.add(operation);
  }
  if ([...closed].every(({ scope }) => scope === OPERATORS)) throw new Error('a key is of no business unit');
  return closed;
}
