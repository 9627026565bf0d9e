import { AgingCache, stopwatch, Unavailable, type Stopwatch } from '@ferry/kernel';
import { principalOfPerson, type Principal } from '../domain/principal.js';
import { isRole, roles, type Scope } from '../domain/scopes.js';
import type { TenantId } from '../domain/tenant.js';
import type { PersonTokens } from '../ports/person-tokens.js';
import type { TenantUsers } from '../ports/tenant-users.js';
import { authenticatorDefaults } from './authenticator.js';

/** For the log. The client is told one and the same in every case. */
export type PersonRefusal = 'bad-token' | 'stranger';

export type PersonAuthentication =
  { readonly principal: Principal } | { readonly refusal: PersonRefusal; readonly tenantId?: TenantId | undefined };

interface Answer {
  readonly found: Awaited<ReturnType<TenantUsers['find']>>;
  /** Since the users were asked. */
  readonly age: Stopwatch;
}

type Options = Pick<typeof authenticatorDefaults, 'holdMs' | 'rememberedMax'>;

/**
 * Finds out on whose behalf a person's request comes. Two must agree on what they may do: the identity provider by the roles in
 * the token, their tenant by the role that it gave them. The scopes are those that both allow.
 */
export class AuthenticatePerson {
  private readonly known: AgingCache<Answer>;

  constructor(
    private readonly tokens: PersonTokens,
    private readonly users: Pick<TenantUsers, 'find'>,
    private readonly options: Options = authenticatorDefaults,
  ) {
    this.known = new AgingCache(options.rememberedMax, options.holdMs);
  }

  /** Throws `Unavailable` when the keys of the identity provider or the users cannot be had. */
  async authenticate(token: string, now: Date): Promise<PersonAuthentication> {
    const claims = await this.tokens.verify(token, now);
    if (!claims) return { refusal: 'bad-token' };
    const found = await this.find(claims.tenantId, claims.subject);
    if (!found || found.user.removedAt) return { refusal: 'stranger', tenantId: found?.tenant.id };
    const principal = principalOfPerson(found.user, found.tenant);
    const allowed = scopesOf(claims.roles);
    return { principal: { ...principal, scopes: new Set([...principal.scopes].filter((one) => allowed.has(one))) } };
  }

  private async find(tenantId: TenantId, subject: string): Promise<Answer['found']> {
    // A list, so that no two pairs share a name.
    const name = JSON.stringify([tenantId, subject]);
    const remembered = this.known.get(name);
    if (remembered) return remembered.found;
    const age = stopwatch();
    const found = await this.users.find(tenantId, subject);
    // As with keys: whoever was let out meanwhile must not come in by an answer that came late.
    if (age() > this.options.holdMs) throw new Unavailable('postgres', { cause: new Error('the answer came late') });
    this.known.set(name, { found, age });
    return found;
  }
}

const scopesOf = (words: readonly string[]): ReadonlySet<Scope> =>
  new Set(words.filter(isRole).flatMap((role): readonly Scope[] => roles[role]));
