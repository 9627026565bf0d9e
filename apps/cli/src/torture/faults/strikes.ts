import { sleep } from '@ferry/kernel';
import type { Killable, Stage } from '../stage/stage.js';
import type { FaultName, ServiceName } from './catalogue.js';
import { terminateBackends } from './backends.js';
import { endJobLeases } from './job-leases.js';
import { deleteQueue, duplicateMessages, messagesReady, purgeMessages } from './messages.js';
import { frozen, killed, stopped } from './process-strikes.js';
import { emptyRedis } from './redis.js';
import { untilReady, untilReconnected, type Recovery } from './recovery.js';
import { seconds, type Act } from './struck.js';

/** RabbitMQ 3.10 forgets a quorum queue when it is killed within a second of its declaration. */
const AFTER_RECONNECT_MS = 1_500;
/** Some ten seconds: as long as F8 gives a process to connect again. */
const DECLARED_TRIES = 100;
const POLL_MS = 100;

export const strikes: Readonly<Record<FaultName, Act>> = {
  'worker-kill': killed,
  'api-kill': killed,
  'ferry-kill': killed,
  'worker-stop': stopped,
  'api-stop': stopped,
  'ferry-stop': stopped,
  'worker-freeze': frozen,
  'api-freeze': frozen,
  'ferry-freeze': frozen,
  'postgres-kill': async (stage, { forMs }) => {
    const awayMs = await away(stage.services.postgres, forMs);
    return { what: `PostgreSQL killed, ${seconds(awayMs)} away`, recoveries: await untilReady(stage) };
  },
  'postgres-restart': async (stage) => {
    const { ms } = await timed(() => stage.services.postgres.restart());
    return { what: `PostgreSQL restarted in order in ${seconds(ms)}`, recoveries: await untilReady(stage) };
  },
  'postgres-freeze': async (stage, { forMs }) => {
    const thaw = stage.services.postgres.freeze();
    await sleep(forMs);
    thaw();
    return { what: `PostgreSQL frozen for ${seconds(forMs)}`, recoveries: await untilReady(stage) };
  },
  'backends-terminate': async (stage) => ({
    what: `${await terminateBackends(stage)} sessions terminated`,
  }),
  'job-leases-end': async (stage) => ({ what: `${await endJobLeases(stage)} jobs taken away` }),
  'rabbitmq-kill': async (stage, { forMs }) => {
    const awayMs = await away(serviceOf(stage, 'rabbitmq'), forMs);
    return { what: `RabbitMQ killed, ${seconds(awayMs)} away`, recoveries: await reconnected(stage) };
  },
  'rabbitmq-restart': async (stage) => {
    const { ms } = await timed(() => serviceOf(stage, 'rabbitmq').restart());
    return { what: `RabbitMQ restarted in order in ${seconds(ms)}`, recoveries: await reconnected(stage) };
  },
  'messages-duplicate': async (stage, { forMs }) => ({
    what: `${await duplicateMessages(brokerOf(stage), forMs)} messages came three times`,
  }),
  'messages-purge': async (stage, { forMs }) => ({
    what: `${await purgeMessages(brokerOf(stage), forMs)} messages purged`,
  }),
  'queue-delete': async (stage) => {
    const count = await deleteQueue(brokerOf(stage));
    const backMs = await untilDeclared(brokerOf(stage));
    return { what: `the work queue deleted with ${count} messages in it, declared again after ${seconds(backMs)}` };
  },
  'kafka-away': async (stage, { forMs }) => ({
    what: `Kafka killed, ${seconds(await away(serviceOf(stage, 'kafka'), forMs))} away`,
  }),
  'redis-kill': async (stage, { forMs }) => ({
    what: `Redis killed, ${seconds(await away(serviceOf(stage, 'redis'), forMs))} away`,
  }),
  'redis-empty': async ({ redisUrl = '' }) => ({ what: `Redis emptied of ${await emptyRedis(redisUrl)} keys` }),
  'redis-freeze': async ({ services }, { forMs }) => {
    const thaw = services.redis?.freeze();
    await sleep(forMs);
    thaw?.();
    return { what: `Redis frozen for ${seconds(forMs)}` };
  },
};

function serviceOf(stage: Stage, name: ServiceName): Killable {
  const service = stage.services[name];
  if (service === undefined) throw new Error(`there is no ${name} here`);
  return service;
}

function brokerOf({ rabbitmqUrl }: Stage): string {
  if (rabbitmqUrl === undefined) throw new Error('there is no rabbitmq here');
  return rabbitmqUrl;
}

async function reconnected(stage: Stage): Promise<readonly Recovery[]> {
  const recoveries = await untilReconnected(stage);
  await sleep(AFTER_RECONNECT_MS);
  return recoveries;
}

/** A worker whose consumer is cancelled declares the queue anew. */
async function untilDeclared(url: string): Promise<number> {
  const { ms } = await timed(async () => {
    for (let tries = 1; (await messagesReady(url)) === undefined; tries += 1) {
      if (tries === DECLARED_TRIES) throw new Error('no worker has declared the work queue again');
      await sleep(POLL_MS);
    }
  });
  await sleep(AFTER_RECONNECT_MS);
  return ms;
}

/** Kills the service; answers how long it was away, its own start included. */
async function away(service: Killable, forMs: number): Promise<number> {
  await service.kill();
  return (
    await timed(async () => {
      await sleep(forMs);
      await service.restart();
    })
  ).ms;
}

async function timed(work: () => Promise<void>): Promise<{ readonly ms: number }> {
  const started = performance.now();
  await work();
  return { ms: performance.now() - started };
}
