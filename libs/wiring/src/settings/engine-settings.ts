import { bool, str } from 'envalid';
import { authorityFile } from './pem.js';
import { brokers, encryptionKeys, number, urlOf, whole } from './validators.js';

const DAY = 86_400_000;

/** Variables that every process of Ferry reads. Names come from the source designs; README.md has them as a table. */
export const engineSettings = {
  LOG_LEVEL: str({
    choices: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    desc: 'least severe lines that are logged',
  }),
  LOG_FORMAT: str({ choices: ['json', 'pretty'], default: 'json', desc: '`json` for machines, `pretty` for people' }),
  HOST: str({ default: '0.0.0.0', desc: 'address that the API, metrics and health listen on' }),
  ENABLE_METRICS: bool({ default: true, desc: 'serve Prometheus metrics on METRICS_PORT' }),
  METRICS_PORT: whole(0, 65535)({ default: 9090, desc: 'port of `/metrics`; 0 takes any free one' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(
    'http',
    'https',
  )({
    default: undefined,
    desc: 'where traces are sent (OTLP over HTTP); off when not set',
    example: 'http://localhost:4318',
  }),
  SHUTDOWN_TIMEOUT_MS: whole(
    100,
    300_000,
  )({ default: 8_000, desc: 'how long a process may finish its work after SIGTERM' }),
  DATABASE_URL: urlOf(
    'postgres',
    'postgresql',
  )({
    desc: 'PostgreSQL 15 or later, login `ferry_app`',
    example: 'postgres://ferry_app:secret@localhost:5432/payments',
  }),
  DB_POOL_MIN: whole(0, 100)({ default: 0, desc: 'connections kept open' }),
  DB_POOL_MAX: whole(1, 500)({ default: 10, desc: 'connections at most, for each process' }),
  RABBITMQ_URL: urlOf(
    'amqp',
    'amqps',
  )({
    default: undefined,
    desc: 'payment queue; in-process when not set',
    example: 'amqp://guest:guest@localhost:5672/',
  }),
  RABBITMQ_CA_FILE: authorityFile({
    default: undefined,
    desc: 'authority that signed the certificate of RabbitMQ (PEM), for `amqps://`; a public one when not set',
    example: '/etc/ferry/ca.pem',
  }),
  QUEUE_LENGTH_MAX: whole(
    100,
    10_000_000,
  )({ default: 100_000, desc: 'messages the payment queue may hold before it refuses more' }),
  QUEUE_DEPTH_MAX: whole(
    1,
    1_000_000,
  )({
    default: 2_000,
    desc: 'messages that may stand before a new one; further payments wait in PostgreSQL for the turn of their tenant',
  }),
  KAFKA_BROKERS: brokers({
    default: undefined,
    desc: 'where events are published; in-process subscribers only when not set',
    example: 'localhost:9092',
  }),
  KAFKA_TLS: bool({ default: false, desc: 'speak TLS with Kafka' }),
  KAFKA_CA_FILE: authorityFile({
    default: undefined,
    desc: 'authority that signed the certificates of Kafka (PEM); a public one when not set',
    example: '/etc/ferry/ca.pem',
  }),
  KAFKA_SASL_MECHANISM: str({
    choices: ['plain', 'scram-sha-256', 'scram-sha-512'],
    default: undefined,
    desc: 'how this process says who it is to Kafka; not at all when not set',
  }),
  KAFKA_USERNAME: str({ default: undefined, desc: 'name for KAFKA_SASL_MECHANISM' }),
  KAFKA_PASSWORD: str({ default: undefined, desc: 'password for KAFKA_SASL_MECHANISM' }),
  KAFKA_CLIENT_ID: str({ default: 'ferry', desc: 'name of this process towards Kafka' }),
  KAFKA_PARTITIONS: whole(1, 1_000)({ default: 12, desc: 'partitions of a topic that Ferry has to make' }),
  KAFKA_REPLICATION: whole(1, 10)({ default: 1, desc: 'replicas of a topic that Ferry has to make; 3 in production' }),
  REDIS_URL: urlOf(
    'redis',
    'rediss',
  )({
    default: undefined,
    desc: 'wakes long-polling clients, counts limits and remembers reference numbers across processes; without it each process does for itself',
    example: 'redis://localhost:6379',
  }),
  REDIS_CA_FILE: authorityFile({
    default: undefined,
    desc: 'authority that signed the certificate of Redis (PEM), for `rediss://`; a public one when not set',
    example: '/etc/ferry/ca.pem',
  }),
  REDIS_TTL_SECONDS: whole(
    1,
    365 * 86_400,
  )({ default: 86_400, desc: 'how long Redis knows the reference number of a recorded payment' }),
  ENABLE_REDIS_CACHE: bool({
    default: true,
    desc: 'ask Redis, where REDIS_URL is set, which reference numbers are recorded before asking the database',
  }),
  ENABLE_MEMORY_CACHE: bool({
    default: true,
    desc: 'remember in this process which reference numbers are recorded',
  }),
  MEMORY_CACHE_MAX_SIZE: whole(
    1,
    10_000_000,
  )({ default: 10_000, desc: 'reference numbers remembered in this process, of all tenants together' }),
  FERRY_ENCRYPTION_KEYS: encryptionKeys({
    default: undefined,
    desc: 'keys that seal secrets of tenants, `id:base64` of 32 bytes each, separated by commas; the first one seals, the others only open; without any, secrets are refused',
  }),
  IDEMPOTENCY_DAYS: whole(31, 3_650)({ default: 31, desc: 'how long an idempotency key is remembered' }),
  SWEEP_GRACE_MS: whole(
    0,
    DAY,
  )({ default: 10_000, desc: 'how long a due payment waits before the sweeper speaks for it' }),
  SIMULATED_SUCCESS_RATE: number(0, 1)({ default: 0.9, desc: 'share of simulated payments that succeed' }),
  SIMULATED_SEED: str({ default: 'ferry', desc: 'the same seed decides the same payments alike' }),
  SIMULATED_LATENCY: str({
    choices: ['none', 'uniform', 'exponential'],
    default: 'none',
    desc: 'how the time a simulated payment takes is distributed',
  }),
  SIMULATED_LATENCY_MIN_MS: whole(0, 600_000)({ default: 50, desc: 'shortest simulated time' }),
  SIMULATED_LATENCY_P50_MS: whole(
    0,
    600_000,
  )({ default: 150, desc: 'half of the times are shorter (exponential only)' }),
  SIMULATED_LATENCY_MAX_MS: whole(0, 600_000)({ default: 500, desc: 'longest simulated time' }),
};
