import { describe } from '@jest/globals';
import { available } from '../../scripts/services/services.mjs';

export type ServiceName = 'postgres' | 'rabbitmq' | 'redis' | 'kafka';
/** Some are started by the suite that needs them, and only there. */
type OwnServiceName = ServiceName | 'pgbouncer' | 'promtool';

const variables: Readonly<Record<ServiceName, string>> = {
  postgres: 'TEST_POSTGRES_URL',
  rabbitmq: 'TEST_RABBITMQ_URL',
  redis: 'TEST_REDIS_URL',
  kafka: 'TEST_KAFKA_BROKERS',
};

/** Where the service that `npm test` has found or started answers; undefined when there is none. */
export const addressOf = (name: ServiceName): string | undefined => process.env[variables[name]] || undefined;

/** A suite that needs services of `npm test`. Without them it is skipped; with REQUIRE_SERVICES=1 that is a failure. */
export function describeWith(names: readonly ServiceName[], what: string, tests: () => void): void {
  needing(
    names.filter((name) => addressOf(name) === undefined),
    what,
    tests,
  );
}

/** A suite that starts, kills and restarts services of its own, so their programs must be on this machine. */
export function describeWithOwn(names: readonly OwnServiceName[], what: string, tests: () => void): void {
  const here = available();
  needing(
    names.filter((name) => !here[name]),
    what,
    tests,
  );
}

function needing(missing: readonly OwnServiceName[], what: string, tests: () => void): void {
  if (missing.length === 0) return describe(what, tests);
  if (process.env.REQUIRE_SERVICES === '1')
    throw new Error(`REQUIRE_SERVICES=1, but there is no ${missing.join(', no ')}`);
  describe.skip(`${what} (no ${missing.join(', no ')})`, tests);
}
