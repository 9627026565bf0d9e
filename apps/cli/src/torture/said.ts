import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from './faults/catalogue.js';

/** What a process writes, once an outage, when a service is away: operators look for these lines. */
const complaints: Readonly<Record<ServiceName, string>> = {
  postgres: '"postgres is away"',
  rabbitmq: '"rabbitmq is away"',
  kafka: '"kafka unavailable"',
  redis: '"redis is away"',
};

/** Services that some process has said to be away. */
export function saidToBeAway(logDirectory: string): ReadonlySet<ServiceName> {
  const logs = readdirSync(logDirectory).map((name) => readFileSync(join(logDirectory, name), 'utf8'));
  const said = (Object.keys(complaints) as ServiceName[]).filter((service) =>
    logs.some((log) => log.includes(complaints[service])),
  );
  return new Set(said);
}
