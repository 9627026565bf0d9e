import { Unavailable } from '@ferry/kernel';

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

/** Serialization failure and deadlock: nothing happened, and doing it again is right. */
export const mayRetry = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/** A statement that came after the one that failed; says nothing of its own. */
export const isAftermath = (error: unknown): boolean => codeOf(error) === '25P02';

/** PostgreSQL classes (appendix A): 08 connection, 53 resources, 57 operator intervention; 25P03/25P04 and 55P03 time-outs. */
const awaySqlState = /^(08...|53...|57...|25P0[34]|55P03)$/;
const awaySystem = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)/;
const awayMessage = /connection|timeout|terminated|not queryable|closed/i;

/** The server is there: it says that it has stopped a statement, as it was told to when that takes too long. */
export const isStopped = (error: unknown): boolean => codeOf(error) === '57014';

/** TLS did not come about, or the certificate is not one of our server: whoever answered has been sent nothing. */
export const isTlsRefusal = (error: unknown): boolean => /^ERR_(TLS|SSL)_|CERT|^UNABLE_TO_/.test(codeOf(error));

/** True when the database could not be reached or did not answer in time, so that nothing is known of what was asked. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== '') return awaySqlState.test(code) || awaySystem.test(code) || isTlsRefusal(error);
  return error instanceof Error && awayMessage.test(error.message);
}

export const asUnavailable = (error: unknown): unknown =>
  isAway(error) ? new Unavailable('postgres', { cause: error }) : error;
