// Where the services' programs are on this machine, and under which user they run.
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const kafkaPom = readFileSync(new URL('./kafka-pom.xml', import.meta.url), 'utf8');
const kafkaVersion = /<kafka\.version>(.+)<\/kafka\.version>/.exec(kafkaPom)[1];

/** The newest installed PostgreSQL's bin directory; Debian keeps it off the PATH. */
export function postgresBin() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin')).find((bin) => isProgram(join(bin, 'postgres')));
}

/** RabbitMQ's own start script: Debian's wrapper around it insists on one fixed user. */
export function rabbitmqServer() {
  const script = '/usr/lib/rabbitmq/bin/rabbitmq-server';
  return isProgram(script) ? script : undefined;
}

export function redisServer() {
  return onPath('redis-server');
}

/** Debian keeps it among the programs of administrators, which are on no user's PATH. */
export function pgbouncer() {
  return onPath('pgbouncer') ?? ['/usr/sbin/pgbouncer'].find(isProgram);
}

/** The directory that install.sh fetches Kafka's jars to. */
export function kafkaLibs() {
  const libs = process.env.FERRY_KAFKA_LIBS ?? join(homedir(), '.cache', 'ferry', `kafka-${kafkaVersion}`, 'libs');
  return existsSync(join(libs, `kafka_2.13-${kafkaVersion}.jar`)) ? libs : undefined;
}

/** Which services can be started here. */
export function available() {
  const owner = (name) => !isRoot() || userIds(name) !== undefined;
  const supervised = onPath('setpriv') !== undefined;
  return {
    postgres: supervised && postgresBin() !== undefined && owner('postgres'),
    rabbitmq: supervised && rabbitmqServer() !== undefined && onPath('epmd') !== undefined && owner('rabbitmq'),
    redis: supervised && redisServer() !== undefined,
    pgbouncer: supervised && pgbouncer() !== undefined && owner('postgres'),
    kafka: supervised && kafkaLibs() !== undefined && onPath('java') !== undefined,
    promtool: onPath('promtool') !== undefined,
  };
}

/** Throws, saying what to do, where a service cannot be started. */
export function demand(name) {
  if (!available()[name]) throw new Error(`${name} is not installed here; scripts/services/install.sh installs it`);
}

export function isRoot() {
  return process.getuid?.() === 0;
}

/** `{ uid, gid }` of a user of this machine. */
export function userIds(name) {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) return undefined;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function onPath(name) {
  const directories = (process.env.PATH ?? '').split(delimiter);
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
