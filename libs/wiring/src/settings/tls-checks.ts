import { readFileSync } from 'node:fs';
import { databaseTlsProblem } from './database-tls.js';
import { keyPairProblem } from './pem.js';

type Given = Readonly<Record<string, unknown>>;

/** `given` means nothing, or less than it says, without `needs`. */
interface Need {
  readonly given: string;
  readonly needs: string;
}

const needs: readonly Need[] = [
  { given: 'TLS_KEY_FILE', needs: 'TLS_CERT_FILE' },
  { given: 'TLS_CERT_FILE', needs: 'TLS_KEY_FILE' },
  { given: 'KAFKA_TLS', needs: 'KAFKA_BROKERS' },
  { given: 'KAFKA_CA_FILE', needs: 'KAFKA_TLS' },
  { given: 'KAFKA_SASL_MECHANISM', needs: 'KAFKA_BROKERS' },
  { given: 'KAFKA_SASL_MECHANISM', needs: 'KAFKA_USERNAME' },
  { given: 'KAFKA_SASL_MECHANISM', needs: 'KAFKA_PASSWORD' },
  { given: 'KAFKA_USERNAME', needs: 'KAFKA_SASL_MECHANISM' },
  { given: 'KAFKA_PASSWORD', needs: 'KAFKA_SASL_MECHANISM' },
];

/** An authority beside a URL that asks for no TLS would never be looked at. */
const authorities = [
  { file: 'RABBITMQ_CA_FILE', url: 'RABBITMQ_URL', protocol: 'amqps:' },
  { file: 'REDIS_CA_FILE', url: 'REDIS_URL', protocol: 'rediss:' },
];

const databases = ['DATABASE_URL', 'DATABASE_SWEEPER_URL', 'MIGRATION_DATABASE_URL'];

/** Mistakes in what is said of TLS and passwords, which only several settings together show. Values are not repeated. */
export const tlsProblems = (settings: Given): string[] => [
  ...needs
    .filter(({ given, needs: other }) => settings[given] && other in settings && !settings[other])
    .map(({ given, needs: other }) => `${given}: needs ${other}, which is not set`),
  ...authorities
    .filter(({ file, url, protocol }) => settings[file] && protocolOf(settings[url]) !== protocol)
    .map(({ file, url, protocol }) => `${file}: needs a ${url} that begins with ${protocol}//`),
  ...openPassword(settings),
  ...pairProblem(settings),
  ...databases.flatMap((name) => {
    const problem = databaseTlsProblem(settings[name]);
    return problem === undefined ? [] : [`${name}: ${problem}`];
  }),
];

const protocolOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? URL.parse(value)?.protocol : undefined;

const openPassword = ({ KAFKA_SASL_MECHANISM, KAFKA_TLS }: Given): string[] =>
  KAFKA_SASL_MECHANISM === 'plain' && KAFKA_TLS === false
    ? ['KAFKA_SASL_MECHANISM: plain sends the password as it is, so it needs KAFKA_TLS=true']
    : [];

function pairProblem({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }: Given): string[] {
  if (typeof cert !== 'string' || typeof key !== 'string') return [];
  const problem = keyPairProblem(readFileSync(cert), readFileSync(key));
  return problem === undefined ? [] : [`TLS_KEY_FILE: cannot be used with TLS_CERT_FILE (${problem})`];
}
