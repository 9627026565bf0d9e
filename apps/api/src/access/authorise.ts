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
