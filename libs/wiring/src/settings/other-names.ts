/**
 * Names of the source designs, and what stands in their place; docs/configuration.md says why. Their ports are left out: Kubernetes sets
 * DB_PORT and REDIS_PORT by itself, where services have these names.
 */
const otherNames: Readonly<Record<string, string>> = {
  DB_HOST: 'set DATABASE_URL',
  DB_DATABASE: 'set DATABASE_URL',
  DB_USERNAME: 'set DATABASE_URL',
  DB_PASSWORD: 'set DATABASE_URL',
  REDIS_HOST: 'set REDIS_URL',
  KAFKA_BATCH_SIZE: 'set RELAY_BATCH',
  KAFKA_TOPIC: 'events go to payment.events',
};

/** A line for each variable that somebody has set by such a name, and believes in. */
export const notRead = (environment: NodeJS.ProcessEnv): readonly string[] =>
  Object.entries(otherNames)
    .filter(([name]) => environment[name])
    .map(([name, instead]) => `${name} is not read: ${instead}`);
