import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handOver, joinPem } from './certificates.mjs';
import { answers } from './probe.mjs';
import { demand, kafkaLibs } from './programs.mjs';
import { startService } from './service.mjs';

const clusterId = '5L6g3nShT-eMCtK--X86sw';
// For a short life: quick to start, compiled only once, no more threads and memory than a test needs.
const javaOptions = [
  '-Xmx384m',
  '-Xms384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Djava.net.preferIPv4Stack=true',
];
const logOptions = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];

/** A single Kafka node, broker and controller in one (KRaft). Topics must be created before they are used. With `tls`
 * clients must speak it and give the name and password of `kafkaUser`. */
export async function startKafka({ tls } = {}) {
  demand('kafka');
  const java = ['java', ...javaOptions, ...logOptions, '-cp', join(kafkaLibs(), '*')];
  return startService({
    name: 'kafka',
    ports: 3,
    stopSignal: 'SIGTERM',
    prepare: async ({ directory, ports, run }) => {
      const file = join(directory, 'server.properties');
      writeFileSync(
        file,
        propertiesText({ ...properties(directory, ports), ...(tls && secured(tls, directory, ports)) }),
      );
      await run([
        ...java,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId,
        '-c',
        file,
        ...(tls ? scramUsers : []),
      ]);
    },
    command: ({ directory }) => [...java, 'kafka.Kafka', join(directory, 'server.properties')],
    // The listener for the broker itself needs no password; it is up when the others are.
    isReady: ({ ports: [port, , internalPort] }) => answers(tls ? internalPort : port, metadataRequest, hasBroker),
    address: ({ ports: [port] }) => ({ brokers: `${tls ? 'localhost' : '127.0.0.1'}:${port}` }),
  });
}

function properties(directory, [port, controllerPort]) {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(directory, 'data'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    // After a kill the controller admits the broker again only when its old session has ended: 9 s by default.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
  };
}

const propertiesText = (settings) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** Whom a broker with `tls` lets in, by SASL PLAIN and SCRAM. */
export const kafkaUser = { username: 'ferry', password: 'a-secret-of-tests' };
const scramUsers = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
  '--add-scram',
  `${mechanism}=[name=${kafkaUser.username},password=${kafkaUser.password}]`,
]);

function secured(tls, directory, [port, controllerPort, internalPort]) {
  const keystore = joinPem(handOver(tls, directory), join(directory, 'keystore.pem'));
  const { username, password } = kafkaUser;
  const security = 'org.apache.kafka.common.security';
  return {
    listeners: `SECURE://127.0.0.1:${port},INTERNAL://127.0.0.1:${internalPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `SECURE://localhost:${port},INTERNAL://127.0.0.1:${internalPort}`,
    'listener.security.protocol.map': 'SECURE:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystore,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.secure.plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required user_${username}="${password}";`,
    ...Object.fromEntries(
      ['scram-sha-256', 'scram-sha-512'].map((name) => [
        `listener.name.secure.${name}.sasl.jaas.config`,
        `${security}.scram.ScramLoginModule required;`,
      ]),
    ),
  };
}

// Metadata v4 about no topic: size, key 3, version 4, correlation 1, client null, no topics, create nothing.
const metadataRequest = Buffer.from('000000' + '0f' + '0003' + '0004' + '00000001' + 'ffff' + '00000000' + '00', 'hex');

/** The answer lists the brokers that are in service: size, correlation, throttle time, number of brokers, brokers. */
function hasBroker(bytes) {
  return bytes.length >= 16 && bytes.readInt32BE(12) > 0;
}
