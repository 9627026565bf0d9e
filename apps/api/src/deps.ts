import type { Request } from 'express';
import type { Logger, Meter, Origin } from '@ferry/kernel';
import type { Problem } from './http/problem.js';
import type {
  CancelPayment,
  CreateOutcome,
  CreatePayment,
  Owner,
  Payment,
  PaymentId,
  PaymentRepository,
  WatchPayments,
} from '@ferry/payments';
import type { RecordingDeps } from './routes/recorded-payments/deps.js';
import type { TenancyDeps } from './routes/tenancy/deps.js';
import type { WebhookDeps } from './routes/webhooks/deps.js';
import type { LimitRequests, Principal } from '@ferry/tenancy';
import type { HealthDocument } from '@ferry/wiring';

/** One thing this process needs, as `/health/ready` tells of it. */
export interface HealthCheck {
  readonly status: 'ok' | 'degraded' | 'error';
  /** Without it the process cannot do its work: `error` then makes the whole process not ready. */
  readonly required: boolean;
  /** Since when it is in this state. */
  readonly since?: Date | undefined;
  /** In words fit for strangers: no addresses, no credentials. */
  readonly error?: string | undefined;
}

export interface Health {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

export interface SpanRequest {
  readonly method: string;
  /** The route's path with its parameters by name, or `unmatched`. */
  readonly route: string;
  /** The caller's valid `traceparent`, if it sent one. */
  readonly parent: string | undefined;
}

/**
 * Wraps a request in a server span: calls `work` once with the span's own `traceparent` (what the payment carries on);
 * `work` never rejects and resolves to the HTTP status.
 */
export type RequestSpan = (request: SpanRequest, work: (traceparent: string) => Promise<number>) => Promise<unknown>;

/** What the HTTP adapter asks of the rest of Ferry. The composition root gives it. */
export interface HttpDeps {
  /** Durable when it answers. Rejects with `BatcherFull` or `Unavailable` (kernel): both become 503 with Retry-After. */
  createPayment(command: CreatePayment): Promise<CreateOutcome>;
  readonly cancelPayment: Pick<CancelPayment, 'execute'>;
  readonly watchPayments: Pick<WatchPayments, 'untilEnded'>;
  readPayment(owner: Owner, id: PaymentId): Promise<Payment | undefined>;
  readonly payments: Pick<PaymentRepository, 'list' | 'history'>;
  /** Names of the rails that a client may ask for. */
  readonly rails: readonly string[];
  readonly logger: Logger;
  readonly meter: Meter;
  readonly tenancy: TenancyDeps;
  readonly recording: RecordingDeps;
  readonly webhooks: WebhookDeps;
  /** Who asks. Throws the `Problem` of a request that is not let in. */
  principalOf(request: Request): Promise<Principal>;
  /** What is answered to whoever proved nothing; counts and logs the attempt. `why` is not told. */
  notLetIn(request: Request, why: string, tenantId: string | undefined): Problem;
  /** How a request stands with its limits. Absent: there are none. */
  readonly admit?: LimitRequests['admit'] | undefined;
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  health(): Promise<Health>;
  healthReport(): Promise<HealthDocument>;
  /** Runs `work` so that its log lines know where it comes from. */
  withOrigin<T>(origin: Origin, work: () => T): T;
  readonly span?: RequestSpan | undefined;
  /**
   * Aborts when the process begins to stop, before `HttpServer.close`: from then on `/health/ready` says no, long-polls
   * answer at once and every answer carries `Connection: close`.
   */
  readonly closing: AbortSignal;
}
