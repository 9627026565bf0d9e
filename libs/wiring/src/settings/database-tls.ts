import { readAuthority } from './pem.js';

/** What libpq has as names and node-postgres understands in its own way. */
const understood = ['disable', 'verify-full'];
/** Ways round `sslmode`: node-postgres lets some of them encrypt to whoever answers. */
const roundabout = ['ssl', 'uselibpqcompat'];

/** What is wrong with how the URL of a database asks for TLS. Nothing of the URL is repeated: it may hold a password. */
export function databaseTlsProblem(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url) return undefined;
  const { searchParams: given } = url;
  const other = roundabout.find((name) => given.has(name));
  if (other) return `${other} is not understood; use sslmode`;
  // Of two node-postgres takes the last, other readers the first.
  if (given.getAll('sslmode').length > 1) return 'sslmode is given twice';
  return modeProblem(url, given.get('sslmode'), given.get('sslrootcert'));
}

/**
 * `require` encrypts to whoever answers with libpq and is `verify-full` with node-postgres, which means to change that: one of the two
 * would surprise somebody. Beside an IP address node-postgres 8 verifies the name "localhost", whatever the address is.
 */
function modeProblem(url: URL, mode: string | null, authority: string | null): string | undefined {
  if (mode !== null && !understood.includes(mode)) return `sslmode must be ${understood.join(' or ')}`;
  if (mode !== 'verify-full') return authority === null ? undefined : 'sslrootcert needs sslmode=verify-full';
  if (/^\[|^[\d.]+$/.test(url.hostname)) return 'sslmode=verify-full needs a host name, not an address';
  return authority === null ? undefined : authorityProblem(authority);
}

function authorityProblem(file: string): string | undefined {
  try {
    readAuthority(file);
    return undefined;
  } catch (error) {
    return `sslrootcert ${(error as Error).message}`;
  }
}
