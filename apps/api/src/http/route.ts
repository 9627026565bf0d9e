import type { Principal, Scope, Spending } from '@ferry/tenancy';
import type { Answer } from './answer.js';
import type { Dto } from './check.js';
import type { ProblemCode } from './problem-codes.js';
import type { RequestContext } from './request-context.js';
import type { Schema } from './rules.js';

export interface HeaderDoc {
  readonly description: string;
  readonly schema: Schema;
}

export interface AnswerDoc {
  readonly description: string;
  /** `application/json` of this DTO, if the answer has that form. */
  readonly body?: Dto;
  /** Media type where it is not JSON; several if it depends on what is asked for. */
  readonly type?: string | readonly string[];
  readonly headers?: Readonly<Record<string, HeaderDoc>>;
  readonly example?: unknown;
}

interface RouteDoc {
  readonly operationId: string;
  readonly tag: 'Payments' | 'Recorded payments' | 'Tenancy' | 'Health' | 'Documents';
  readonly summary: string;
  readonly description?: string;
  readonly body?: {
    readonly dto: Dto;
    readonly required: boolean;
    /** In the words of others, as JSON or as a form: it may have any field. */
    readonly orForm?: boolean;
    readonly examples: Readonly<Record<string, unknown>>;
  };
  /** Parameters of the path; `id` is a UUID, others are any text where nothing is said here. */
  readonly params?: Readonly<Record<string, Schema>>;
  readonly query?: (new () => object) & Dto;
  readonly headers?: Readonly<Record<string, HeaderDoc>>;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** Beyond those that every route can answer. */
  readonly problems: readonly ProblemCode[];
}

interface RouteBase extends RouteDoc {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As Express writes it: `/api/v1/payments/:id`. */
  readonly path: string;
  /** Asked by machines every few seconds: its access line is of level debug. */
  readonly quiet?: boolean;
}

/** A route of a tenant's data: it answers JSON and knows who asks. */
export interface TenantRoute extends RouteBase {
  readonly for: 'tenant';
  /** What the principal must be allowed to do; a scope that ends in `:read` is kept by suspended tenants. */
  readonly scope: Scope;
  /** Whether it is for the whole tenant only, or also for somebody of one business unit: then its handler keeps to that unit. */
  readonly reach: 'tenant' | 'unit';
  /** What it takes of the tenant's quotas beside one request. */
  readonly spends?: Spending;
  handle(context: RequestContext, principal: Principal): Promise<Answer>;
}

/** A route that is the same for everybody, and open to everybody. */
export interface PublicRoute extends RouteBase {
  readonly for: 'everybody';
  handle(context: RequestContext): Promise<Answer>;
}

/**
 * A route for whoever proves, by a key or by a signature over the body, to which tenant a request belongs. The handler finds that out, because it
 * takes the body.
 */
export interface SenderRoute extends RouteBase {
  readonly for: 'sender';
  /** What a key must have that is used for it. */
  readonly scope: Scope;
  handle(context: RequestContext): Promise<Answer>;
}

/** One line of the route table: registration and the OpenAPI document both come from it. */
export type Route = TenantRoute | SenderRoute | PublicRoute;

/** What rules tenants is listened for where the clients of tenants do not come: on `ADMIN_PORT`. */
export const isForOperators = (route: Route): boolean => route.for === 'tenant' && route.scope === 'tenants:admin';
