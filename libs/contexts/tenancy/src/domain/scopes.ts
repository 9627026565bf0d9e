/**
 * What may be done, one line each. The word after the colon decides what a suspended tenant keeps: `:read`. Routes name these
 * words and no others.
 */
export const scopes = {
  'payments:read': 'see payments, their history and events',
  'payments:write': 'create and cancel payments',
  'recorded-payments:read': 'see recorded payments and the bodies of webhooks that were rejected',
  'recorded-payments:write': 'tell of payments that happened elsewhere',
  'config:read': 'see the configuration of the tenant, without its secrets',
  'config:write': 'change the configuration of the tenant and its secrets',
  'keys:admin': 'create, rotate, revoke and list the API keys of the tenant',
  'users:admin': 'let people in, change their role, and let them out',
  'audit:read': 'read and export the audit log',
  'usage:read': 'see requests, payments and volume for each day',
  'tenants:admin': 'create, suspend, resume and list tenants: for those who run Ferry',
} as const;

export type Scope = keyof typeof scopes;
export const allScopes = Object.keys(scopes) as readonly Scope[];
export const isScope = (text: string): text is Scope => Object.hasOwn(scopes, text);

/** What a tenant may do with what is its own. */
export const tenantScopes: readonly Scope[] = allScopes.filter((scope) => scope !== 'tenants:admin');

/** What a person may do, by the word that their tenant gave them. `tenants:admin` is in none of them: no tenant rules others. */
export const roles = {
  viewer: ['payments:read', 'recorded-payments:read', 'config:read', 'usage:read'],
  operator: [
    'payments:read',
    'payments:write',
    'recorded-payments:read',
    'recorded-payments:write',
    'config:read',
    'usage:read',
  ],
  admin: tenantScopes,
  auditor: ['payments:read', 'recorded-payments:read', 'config:read', 'usage:read', 'audit:read'],
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof roles;
export const isRole = (text: string): text is Role => Object.hasOwn(roles, text);

/** Whether a suspended tenant keeps it. */
export const onlyReads = (scope: Scope): boolean => scope.endsWith(':read');
