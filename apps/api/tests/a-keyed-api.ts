import { newId, silentLogger, systemClock, type LogFields } from '@ferry/kernel';
import {
  AuthenticatePerson,
  Authenticator,
  formatKeyText,
  makeKey,
  newKeyText,
  tenantScopes,
  type ApiKey,
  type KeyGrant,
  type PersonTokens,
  type Principal,
  type TenantStatus,
} from '@ferry/tenancy';
import { InMemoryTenancy } from '@ferry/tenancy/testing';
import { keyedPrincipalOf, refuse, type AccessParts } from '../src/access/keyed.js';
import { aTenancy } from './a-tenancy.js';
import type { HttpDeps } from '../src/deps.js';
import { anApi } from './an-api.js';

const PATH = '/api/v1/payments';
const TENANT = 'shop';
const operator = { actor: { kind: 'operator', id: 'ada' } } as const;

interface Options {
  readonly access?: Partial<AccessParts>;
  readonly trustedProxies?: readonly string[];
  /** Of an identity provider, if there is one. */
  readonly tokens?: PersonTokens;
  readonly overrides?: Partial<HttpDeps>;
}

/** The whole api with the tenant `shop` and its keys in memory: who comes in, comes in by a key as everywhere. */
export async function aKeyedApi({ access = {}, trustedProxies = [], tokens, overrides }: Options = {}) {
  const store = new InMemoryTenancy();
  const tenancy = aTenancy(store);
  await tenancy.onboardTenant.execute(TENANT, 'Shop', operator);
  const [tenant] = await store.tenants.find([TENANT]);
  if (!tenant) throw new Error('the tenant is there');
  const noted: Principal[] = [];
  const lines: { readonly message: string; readonly fields?: LogFields | undefined }[] = [];
  const parts: AccessParts = {
    // One for each request, which remembers nothing: a test changes a key and asks at once.
    keys: { authenticate: (...asked) => new Authenticator(store.keyDirectory).authenticate(...asked) },
    people: tokens && new AuthenticatePerson(tokens, store.users),
    uses: { note: (principal) => void noted.push(principal) },
    failures: { note: () => undefined },
    clock: systemClock,
    logger: { ...silentLogger, info: (message, fields) => void lines.push({ message, fields }) },
    ...access,
  };
  const notLetIn: HttpDeps['notLetIn'] = (request, refusal, tenantId) => refuse(parts, request, { refusal, tenantId });
  const principalOf = keyedPrincipalOf(parts);
  const api = await anApi({ trustedProxies, tenancy, principalOf, notLetIn, ...overrides });

  const issue = async (grant: Partial<KeyGrant> = {}, change: Partial<ApiKey> = {}): Promise<string> => {
    const text = newKeyText('live');
    const full = { name: 'a', scopes: tenantScopes, allowedRanges: [], ...grant };
    const key = { ...makeKey(tenant, newId(new Date()), text, full, new Date()), ...change };
    await store.keys.add(TENANT, [key], []);
    return formatKeyText(text);
  };
  const get = (authorization?: string, headers: Record<string, string> = {}) =>
    api.call.get(PATH).set({ ...headers, ...(authorization === undefined ? {} : { Authorization: authorization }) });
  const turn = (status: TenantStatus) => tenancy.changeTenantStatus.execute(TENANT, status, operator);
  /** Everything that was logged. */
  const logged = (): string => JSON.stringify([...api.lines, ...lines]);
  return { ...api, store, tenancy, noted, issue, get, turn, logged };
}

export type AKeyedApi = Awaited<ReturnType<typeof aKeyedApi>>;
