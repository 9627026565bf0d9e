import { sleep } from '@ferry/kernel';
import { connect, type Channel, type ChannelModel } from 'amqplib';

/** As libs/adapters/rabbitmq declares them; a test compares. */
export const workQueue = 'payment_processing';
export const retryQueues = ['1s', '5s', '30s', '2m', '10m'].map((step) => `${workQueue}.retry.${step}`);

const PURGE_PAUSE_MS = 50;
/** AMQP's reply code. */
const NOT_FOUND = 404;

/** By hand, as an operator with a broken script would. */
async function withChannel<T>(url: string, work: (channel: Channel) => Promise<T>): Promise<T> {
  const model: ChannelModel = await connect(url);
  model.on('error', () => {});
  try {
    const channel = await model.createChannel();
    channel.on('error', () => {});
    return await work(channel);
  } finally {
    await model.close();
  }
}

/**
 * A second queue on the same exchange hears all that is published. Each message goes back into the work queue once at once and once at
 * the end, last heard first: past the exchange, or we would hear ourselves. Answers how many were heard.
 */
export const duplicateMessages = (url: string, forMs: number): Promise<number> =>
  withChannel(url, async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, workQueue, workQueue);
    const heard: (() => void)[] = [];
    await channel.consume(
      queue,
      (message) => {
        if (message === null) return;
        const { type, contentType, headers, correlationId } = message.properties;
        const again = (): void =>
          void channel.sendToQueue(workQueue, message.content, { type, contentType, headers, correlationId });
        again();
        heard.push(again);
      },
      { noAck: true },
    );
    await sleep(forMs);
    for (const again of heard.reverse()) again();
    return heard.length;
  });

export const purgeMessages = (url: string, forMs: number): Promise<number> =>
  withChannel(url, async (channel) => {
    const deadline = performance.now() + forMs;
    let purged = 0;
    while (performance.now() < deadline) {
      for (const queue of [workQueue, ...retryQueues]) purged += (await channel.purgeQueue(queue)).messageCount;
      await sleep(PURGE_PAUSE_MS);
    }
    return purged;
  });

export const deleteQueue = (url: string): Promise<number> =>
  withChannel(url, async (channel) => (await channel.deleteQueue(workQueue)).messageCount);

/** Ready in the work queue; undefined while there is no such queue. */
export const messagesReady = (url: string): Promise<number | undefined> =>
  withChannel(url, (channel) =>
    channel.checkQueue(workQueue).then(
      ({ messageCount }) => messageCount,
      (error: { readonly code?: number }) => {
        if (error.code === NOT_FOUND) return undefined;
        throw error;
      },
    ),
  );
