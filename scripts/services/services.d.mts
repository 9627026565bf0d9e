/** A service of its own on 127.0.0.1: no other test sees it, and it ends with the process that started it. */
export interface Service {
  /** The service's own process; another one after each `restart`. */
  readonly pid: number;
  /** Ends it in order and removes its data. Safe to call again. */
  stop(): Promise<void>;
  /** SIGKILL, children included, as in a crash; resolves when they are gone. Data and ports stay for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data, after an orderly stop where it still runs. */
  restart(): Promise<void>;
}

export interface UrlService extends Service {
  /** Credentials included. */
  readonly url: string;
}

export interface KafkaService extends Service {
  /** `host:port`; there is one. */
  readonly brokers: string;
}

/** PEM files. */
export interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface ServiceOptions {
  /** The service's own certificate, for `localhost`: it then speaks TLS only. Its address still says nothing of whom to trust. */
  readonly tls?: Certificate;
}

/** An authority of its own, good for one day, and the certificates that it issues, each for one host name. Needs openssl. */
export function makeAuthority(): {
  readonly ca: string;
  /** `ended`: one that was good until yesterday. */
  issue(host: string, options?: { readonly ended?: boolean }): Certificate;
  remove(): void;
};

/** Whom a Kafka with `tls` lets in, by SASL PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
export const kafkaUser: { readonly username: string; readonly password: string };

/** The url is the superuser's, to the database `postgres`. Durable: fsync is on. */
export function startPostgres(options?: ServiceOptions): Promise<UrlService>;

/**
 * The url is the administrator's, to the virtual host `/`. Without the management plugin.
 *
 * RabbitMQ writes down 500 ms late which quorum queues it has (`ra_directory.erl`, `auto_save`): one declared less
 * than a second before `kill` has no leader ever after, and its confirmed messages are lost (measured on 3.10.8:
 * lost after 0.5 s, kept after 1 s). Wait after declaring, before you kill. After `restart`, a quorum queue counts 0
 * messages until it has elected its leader, within half a second.
 */
export function startRabbitMq(options?: ServiceOptions): Promise<UrlService>;

/** In memory only: empty after `kill` or `restart`. */
export function startRedis(options?: ServiceOptions): Promise<UrlService>;

/** Broker and controller in one node; topics are not created by use. */
export function startKafka(options?: ServiceOptions): Promise<KafkaService>;

export interface PgbouncerOptions {
  /** The url of the server behind it, with an administrator's login: whoever has a login there may come through. */
  readonly server: string;
  /** Connections to the server for each login and database; 1 unless said. */
  readonly poolSize?: number;
  /** More lines of its configuration. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** PgBouncer in transaction mode. The url holds no login and no database; the databases are those of the server. */
export function startPgbouncer(options: PgbouncerOptions): Promise<UrlService>;

/** Whether each service's program is on this machine, and the one that tests alert rules. Starting one that is not rejects. */
export function available(): Record<'postgres' | 'rabbitmq' | 'redis' | 'kafka' | 'pgbouncer' | 'promtool', boolean>;

/** Ports of 127.0.0.1 that nobody listens on, and that no outgoing connection will take. */
export function freePorts(count: number): Promise<number[]>;

/** SIGKILL for a process and everything below it. */
export function killTree(pid: number): void;

/** The pids of everything below a process. */
export function descendants(pid: number): number[];
