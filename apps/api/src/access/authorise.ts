import { authorise, type Principal, type Scope } from '@ferry/tenancy';
import { Problem } from '../http/problem.js';

/** Throws the problem of a principal that may not do what needs this scope. */
export function assertMay(principal: Principal, scope: Scope): void {
  const answer = authorise(principal, scope);
  if (answer === 'granted') return;
  if (answer === 'tenant-suspended')
    throw new Problem('tenant-suspended', 'The tenant is suspended: it may only read.');
  throw new Problem('insufficient-scope', `This needs the scope ${scope}.`, {
    headers: { 'WWW-Authenticate': `Bearer realm="ferry", error="insufficient_scope", scope="${scope}"` },
  });
}

/** Throws the problem of a principal of one business unit who asks for what is the whole tenant's. */
export function assertReaches({ businessUnitId }: Principal, reach: 'tenant' | 'unit'): void {
  if (reach === 'tenant' && businessUnitId !== undefined)
    throw new Problem('outside-business-unit', `This is for the whole tenant, and not for ${businessUnitId} alone.`);
}
