// Runs a command beside real services, private to it:
//
//   node scripts/services/run.mjs [--only postgres,rabbitmq,redis,kafka] -- COMMAND ARGS...
//
// COMMAND finds them through TEST_POSTGRES_URL, TEST_RABBITMQ_URL, TEST_REDIS_URL and TEST_KAFKA_BROKERS (and
// TEST_POSTGRES_PID and so on). Its exit code is ours; its services end with it. What is said here goes to stderr.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { startKafka, startPostgres, startRabbitMq, startRedis } from './services.mjs';

const kinds = {
  postgres: { start: startPostgres, env: ({ url, pid }) => ({ TEST_POSTGRES_URL: url, TEST_POSTGRES_PID: pid }) },
  rabbitmq: { start: startRabbitMq, env: ({ url, pid }) => ({ TEST_RABBITMQ_URL: url, TEST_RABBITMQ_PID: pid }) },
  redis: { start: startRedis, env: ({ url, pid }) => ({ TEST_REDIS_URL: url, TEST_REDIS_PID: pid }) },
  kafka: { start: startKafka, env: ({ brokers, pid }) => ({ TEST_KAFKA_BROKERS: brokers, TEST_KAFKA_PID: pid }) },
};
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const usage = `usage: run.mjs [--only ${Object.keys(kinds).join(',')}] -- COMMAND ARGS...`;

let onSignal = (signal) => process.exit(128 + constants.signals[signal]); // while starting: drop everything
for (const signal of signals) process.on(signal, () => onSignal(signal));

const { names, command } = parse(process.argv.slice(2));
const services = await startAll(names);
const code = await runCommand(command, Object.assign({}, ...services.map(({ env }) => env)));
await Promise.all(services.map(({ service }) => service.stop()));
process.exit(code);

function parse(args) {
  const [before, command] = [args.slice(0, args.indexOf('--')), args.slice(args.indexOf('--') + 1)];
  if (!args.includes('--') || command.length === 0) fail(usage);
  if (before.length > 0 && !(before[0] === '--only' && before.length === 2)) fail(usage);
  const names = before[1]?.split(',') ?? Object.keys(kinds);
  const unknown = names.find((name) => !Object.hasOwn(kinds, name));
  if (unknown !== undefined) fail(`no service is called "${unknown}"\n${usage}`);
  return { names: [...new Set(names)], command };
}

async function startAll(names) {
  const outcomes = await Promise.allSettled(names.map(startTimed));
  const failed = outcomes.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) fail(failed.map(({ reason }) => reason.message).join('\n'));
  return outcomes.map(({ value }) => value);
}

async function startTimed(name) {
  const begun = performance.now();
  const service = await kinds[name].start();
  const { url, brokers, pid } = service;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.error(`${name.padEnd(8)} ready after ${seconds} s on ${brokers ?? new URL(url).host} (pid ${pid})`);
  return { service, env: kinds[name].env(service) };
}

/** Resolves to the exit code, in the shell's way: 128 + n for signal n, 127 for a command that is not there. */
function runCommand([file, ...args], env) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    // A terminal sends Ctrl-C to the command as well; a second one would make many programs give up their cleaning.
    onSignal = (signal) => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
    child.on('error', (error) => {
      console.error(`cannot run ${file}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal]));
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
