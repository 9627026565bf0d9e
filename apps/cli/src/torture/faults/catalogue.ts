/** With all services and processes of their own, or everything in one process on the embedded database. */
export type Mode = 'cluster' | 'embedded';
export type ServiceName = 'postgres' | 'rabbitmq' | 'kafka' | 'redis';
export type Role = 'api' | 'worker' | 'ferry';

export interface Fault {
  /** Faults of a lane strike one after the other, those of different lanes at the same time. */
  readonly lane: 'processes' | 'freezes' | 'postgres' | 'rabbitmq' | 'kafka' | 'redis';
  /** In BASE_MINUTES; absent: there is no such fault in this mode. */
  readonly strikes: Partial<Readonly<Record<Mode, number>>>;
  /** Which processes it picks its victim from. */
  readonly victims?: Role;
  readonly needs?: ServiceName;
  readonly lastsMs?: readonly [min: number, max: number];
  readonly help: string;
}

/** Longer than LEASE_MS of the processes under torture (stage/settings.ts), so that others take over what it held. */
const BEYOND_LEASE_MS = [9_000, 11_000] as const;
/** Longer than the clients wait for an answer, so that they ask another api while this one still has their request. */
const BEYOND_PATIENCE_MS = [5_000, 6_000] as const;

/** What can be done, and how often: F1, F2, F3, F8, F10, F11 and F21 of the reliability tests at CI size, and what else we could think of. */
export const faults = {
  'worker-kill': {
    lane: 'processes',
    strikes: { cluster: 28 },
    victims: 'worker',
    help: 'SIGKILL for a worker; a new one starts at once',
  },
  'api-kill': {
    lane: 'processes',
    strikes: { cluster: 24 },
    victims: 'api',
    help: 'SIGKILL for an api in the middle of its requests; a new one starts at once on the same port',
  },
  'worker-stop': {
    lane: 'processes',
    strikes: { cluster: 1 },
    victims: 'worker',
    help: 'SIGTERM for a worker; it must end by itself, with code 0',
  },
  'api-stop': {
    lane: 'processes',
    strikes: { cluster: 1 },
    victims: 'api',
    help: 'SIGTERM for an api; it must end by itself, with code 0',
  },
  'ferry-kill': {
    lane: 'processes',
    strikes: { embedded: 15 },
    victims: 'ferry',
    help: 'SIGKILL for the whole of `ferry start`; its PostgreSQL is left an orphan, and a new start takes over the data',
  },
  'ferry-stop': {
    lane: 'processes',
    strikes: { embedded: 2 },
    victims: 'ferry',
    help: 'SIGTERM for `ferry start`; it must end by itself, with code 0, and is started again',
  },
  'worker-freeze': {
    lane: 'freezes',
    strikes: { cluster: 2 },
    victims: 'worker',
    lastsMs: BEYOND_LEASE_MS,
    help: 'SIGSTOP for a worker until its leases have passed to others, then SIGCONT: it goes on with what is no longer its own',
  },
  'api-freeze': {
    lane: 'freezes',
    strikes: { cluster: 1 },
    victims: 'api',
    lastsMs: BEYOND_PATIENCE_MS,
    help: 'SIGSTOP for an api until its clients have asked another one with the same keys, then SIGCONT',
  },
  'ferry-freeze': {
    lane: 'freezes',
    strikes: { embedded: 1 },
    victims: 'ferry',
    lastsMs: BEYOND_LEASE_MS,
    help: 'SIGSTOP for `ferry start` until its leases have passed, then SIGCONT',
  },
  'postgres-kill': {
    lane: 'postgres',
    strikes: { cluster: 12, embedded: 8 },
    lastsMs: [0, 1_000],
    help: 'SIGKILL for PostgreSQL with all its backends; it comes back on the same data',
  },
  'postgres-freeze': {
    lane: 'postgres',
    strikes: { cluster: 1, embedded: 1 },
    lastsMs: [6_500, 7_500],
    help: 'SIGSTOP for PostgreSQL with all its backends, longer than any statement may take, then SIGCONT',
  },
  'postgres-restart': {
    lane: 'postgres',
    strikes: { cluster: 1 },
    help: 'an orderly restart of PostgreSQL (fast shutdown)',
  },
  'backends-terminate': {
    lane: 'postgres',
    strikes: { cluster: 3, embedded: 3 },
    help: 'pg_terminate_backend for every other session of Ferry, in whatever transaction it is',
  },
  'rabbitmq-kill': {
    lane: 'rabbitmq',
    strikes: { cluster: 3 },
    needs: 'rabbitmq',
    lastsMs: [0, 500],
    help: 'SIGKILL for RabbitMQ; it comes back on the same data',
  },
  'rabbitmq-restart': {
    lane: 'rabbitmq',
    strikes: { cluster: 1 },
    needs: 'rabbitmq',
    help: 'an orderly restart of RabbitMQ',
  },
  'messages-duplicate': {
    lane: 'rabbitmq',
    strikes: { cluster: 3 },
    needs: 'rabbitmq',
    lastsMs: [1_500, 2_500],
    help: 'every message that is published meanwhile comes three times: at once, and again at the end, out of order',
  },
  'messages-purge': {
    lane: 'rabbitmq',
    strikes: { cluster: 3 },
    needs: 'rabbitmq',
    lastsMs: [800, 1_200],
    help: 'the work queue and the retry queues are purged over and over',
  },
  'queue-delete': {
    lane: 'rabbitmq',
    strikes: { cluster: 1 },
    needs: 'rabbitmq',
    help: 'the work queue is deleted under its consumers, with all that is in it',
  },
  'job-leases-end': {
    lane: 'postgres',
    strikes: { cluster: 4 },
    help: 'every job is taken away from the worker that runs it, which does not hear of it at once: two drain one staging table',
  },
  'kafka-away': {
    lane: 'kafka',
    strikes: { cluster: 1 },
    needs: 'kafka',
    lastsMs: [8_000, 12_000],
    help: 'SIGKILL for Kafka, which stays away for a while; events wait in the outbox',
  },
  'redis-kill': {
    lane: 'redis',
    strikes: { cluster: 2 },
    needs: 'redis',
    lastsMs: [0, 2_000],
    help: 'SIGKILL for Redis; it comes back empty',
  },
  'redis-empty': {
    lane: 'redis',
    strikes: { cluster: 3 },
    needs: 'redis',
    help: 'Redis forgets everything, with all its clients connected',
  },
  'redis-freeze': {
    lane: 'redis',
    strikes: { cluster: 2 },
    needs: 'redis',
    lastsMs: [3_000, 6_000],
    help: 'SIGSTOP for Redis, then SIGCONT: it answers nobody, and refuses nobody',
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

export const faultOf = (name: FaultName): Fault => faults[name];

export const faultsOf = (mode: Mode): readonly FaultName[] =>
  (Object.keys(faults) as FaultName[]).filter((name) => faultOf(name).strikes[mode] !== undefined);

export const isFaultName = (text: string): text is FaultName => Object.hasOwn(faults, text);
