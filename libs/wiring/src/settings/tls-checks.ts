type Given = Readonly<Record<string, unknown>>;

/** `given` means nothing, or less than it says, without `needs`. */
interface Need {
  readonly given: string;
  readonly needs: string;
}

const needs: readonly Need[] = [
  { given: 'TLS_KEY_FILE', needs: 'TLS_CERT_FILE' },
  { given: 'TLS_CERT_FILE', needs: 'TLS_KEY_FILE' },
  { given: 'KAFKA_CA_FILE', needs: 'KAFKA_TLS' },
  { given: 'KAFKA_SASL_MECHANISM', needs: 'KAFKA_USERNAME' },
  { given: 'KAFKA_SASL_MECHANISM', needs: 'KAFKA_PASSWORD' },
  { given: 'KAFKA_USERNAME', needs: 'KAFKA_SASL_MECHANISM' },
  { given: 'KAFKA_PASSWORD', needs: 'KAFKA_SASL_MECHANISM' },
];

/** An authority beside a URL that asks for no TLS would never be looked at. */
const authorities = [
  { file: 'RABBITMQ_CA_FILE', url: 'RABBITMQ_URL', scheme: 'amqps:' },
  { file: 'REDIS_CA_FILE', url: 'REDIS_URL', scheme: 'rediss:' },
];

/** Mistakes in what is said of TLS and passwords, which only several settings together show. Values are not repeated. */
export const tlsProblems = (settings: Given): string[] => [
  ...needs
    .filter(({ given, needs: other }) => settings[given] && other in settings && !settings[other])
    .map(({ given, needs: other }) => `${given}: needs ${other}, which is not set`),
  ...authorities
    .filter(({ file, url, scheme }) => settings[file] && !String(settings[url]).startsWith(scheme))
    .map(({ file, url, scheme }) => `${file}: needs a ${url} that begins with ${scheme}//`),
  ...(settings.KAFKA_SASL_MECHANISM === 'plain' && settings.KAFKA_TLS === false
    ? ['KAFKA_SASL_MECHANISM: plain sends the password as it is, so it needs KAFKA_TLS=true']
    : []),
  ...['DATABASE_URL', 'DATABASE_SWEEPER_URL', 'MIGRATION_DATABASE_URL'].flatMap((name) =>
    databaseProblem(name, settings[name]),
  ),
];

/** What libpq has as names and node-postgres understands in its own way. */
const understood = ['disable', 'verify-full'];

/**
 * `require` encrypts to whoever answers with libpq and is `verify-full` with node-postgres, which means to change that: one of the two
 * would surprise somebody. Beside an IP address node-postgres 8 verifies the name "localhost", whatever the address is.
 */
function databaseProblem(name: string, value: unknown): string[] {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const mode = url?.searchParams.get('sslmode');
  if (!url || (!mode && !url.searchParams.has('sslrootcert'))) return [];
  if (!understood.includes(mode ?? '')) return [`${name}: sslmode must be ${understood.join(' or ')}`];
  const byAddress = /^\[|^[\d.]+$/.test(url.hostname);
  return mode === 'verify-full' && byAddress ? [`${name}: sslmode=verify-full needs a host name, not an address`] : [];
}
