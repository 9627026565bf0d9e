import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './certificates.mjs';
import { answers } from './probe.mjs';
import { demand, rabbitmqServer } from './programs.mjs';
import { startService } from './service.mjs';

// The protocol header of AMQP 0-9-1, and the method frame of Connection.Start that a broker in service answers with.
const header = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');
const isConnectionStart = (bytes) => bytes.length >= 11 && bytes[0] === 1 && bytes.readUInt32BE(7) === 0x000a000a;

/**
 * A single RabbitMQ node with its own name, directories and Erlang port mapper (epmd): nothing of it is shared with
 * another node, and the daemon that Erlang would otherwise leave running is a child of ours. With `tls` its one port speaks
 * nothing else.
 */
export async function startRabbitMq({ tls } = {}) {
  demand('rabbitmq');
  return startService({
    name: 'rabbitmq',
    user: 'rabbitmq',
    ports: 3,
    stopSignal: 'SIGTERM',
    prepare: (home) => writeConfiguration(home, tls),
    helpers: ({ ports: [, , epmdPort] }) => [['epmd', '-address', '127.0.0.1', '-port', String(epmdPort)]],
    command: () => [rabbitmqServer()],
    env: (home) => ({ ...environment(home), ...(!tls && plainPort(home)) }),
    isReady: ({ ports: [port] }) => answers(port, header, isConnectionStart, { tls }),
    address: ({ ports: [port] }) => ({
      url: tls ? `amqps://guest:guest@localhost:${port}` : `amqp://guest:guest@127.0.0.1:${port}`,
    }),
  });
}

function writeConfiguration({ directory, ports: [port] }, tls) {
  writeFileSync(join(directory, 'rabbitmq-env.conf'), '');
  writeFileSync(join(directory, 'advanced.config'), '[].\n');
  writeFileSync(join(directory, 'enabled_plugins'), '[].\n');
  writeFileSync(
    join(directory, 'rabbitmq.conf'),
    `raft.wal_max_size_bytes = 64000000\ndisk_free_limit.absolute = 50MB\n${tls ? listener(port, handOver(tls, directory, 'rabbitmq')) : ''}`,
  );
}

const listener = (port, { ca, cert, key }) => `listeners.tcp = none
listeners.ssl.default = 127.0.0.1:${port}
ssl_options.cacertfile = ${ca}
ssl_options.certfile = ${cert}
ssl_options.keyfile = ${key}
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
`;

/** Erlang's own variables win over the configuration file, so a broker without a plain port must not have them. */
const plainPort = ({ ports: [port] }) => ({
  RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
  RABBITMQ_NODE_PORT: String(port),
});

function environment({ directory, ports: [port, distPort, epmdPort] }) {
  return {
    RUNNING_UNDER_SYSTEMD: 'true', // makes the start script become the broker instead of staying its parent
    RABBITMQ_NODENAME: `ferry-${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_FLAGS: '-start_epmd false', // ours runs; a daemon of Erlang's own would outlive the broker
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(epmdPort),
    RABBITMQ_CONF_ENV_FILE: join(directory, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(directory, 'pid'),
  };
}
