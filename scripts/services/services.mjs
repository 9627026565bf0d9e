// Private services for tests, each its own process with its own data on a loopback port of its own.
export { makeAuthority } from './certificates.mjs';
export { kafkaUser, startKafka } from './kafka.mjs';
export { startPgbouncer } from './pgbouncer.mjs';
export { freePorts } from './ports.mjs';
export { startPostgres } from './postgres.mjs';
export { descendants, killTree } from './processes.mjs';
export { available } from './programs.mjs';
export { startRabbitMq } from './rabbitmq.mjs';
export { startRedis } from './redis.mjs';
