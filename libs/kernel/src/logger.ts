/** What belongs to a tenant, by the names that log lines have for it. */
type OfATenant = 'payment_id' | 'aggregate_id' | 'event_id' | 'request_id' | 'principal' | 'reference' | 'prefix';

/** A line that names something of a tenant names the tenant too, or says that it is unknown: the compiler refuses one that does not. */
export type LogFields = Readonly<Record<string, unknown>> &
  ({ readonly tenant_id: string | undefined } | { readonly [Name in OfATenant]?: never });

/** Structured logging: a constant sentence plus fields. Never secrets, never whole phone numbers. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** What a log line should say of a thrown value, whatever it is, without its stack. */
export const errorFields = (error: unknown): { readonly error: string; readonly error_code?: unknown } =>
  error instanceof Error
    ? { error: error.message || error.name, error_code: (error as { code?: unknown }).code }
    : { error: typeof error === 'string' ? error : `a thrown ${typeof error}` };
