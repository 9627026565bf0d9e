export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging: a constant sentence plus fields. Never secrets, never whole phone numbers. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** What a log line should say of a thrown value, whatever it is, without its stack. */
export const errorFields = (error: unknown): LogFields =>
  error instanceof Error
    ? { error: error.message || error.name, error_code: (error as { code?: unknown }).code }
    : { error: typeof error === 'string' ? error : `a thrown ${typeof error}` };
