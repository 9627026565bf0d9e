import type { Role } from './scopes.js';
import type { BusinessUnitId, TenantId } from './tenant.js';

const SUBJECT_LENGTH_MAX = 255;

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** OpenID Connect: at most 255 characters; those that cannot be stored or shown are nobody's. */
export const isSubject = (text: string): boolean =>
  text.length > 0 && text.length <= SUBJECT_LENGTH_MAX && text.isWellFormed() && !control.test(text);

/** A person whom a tenant lets in. Who they are is for the identity provider to say; what they may do, for their tenant. */
export interface TenantUser {
  readonly tenantId: TenantId;
  /** `sub` of the person's tokens. */
  readonly subject: string;
  readonly role: Role;
  readonly businessUnitId?: BusinessUnitId | undefined;
  readonly createdAt: Date;
  /** Let out at this time; the row stays for the audit log's sake. */
  readonly removedAt?: Date | undefined;
}
