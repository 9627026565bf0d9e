import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { connect, type ChannelModel } from 'amqplib';
import { eventually, type QueueUnderTest } from '@ferry/payments/testing';
import { newId, type LogFields, type Logger, type Meter } from '@ferry/kernel';
import { RabbitMqPaymentQueue, type RabbitMqPaymentQueueOptions } from '@ferry/rabbitmq';

/** A broker that a test may kill, freeze and restart. */
export interface OwnBroker {
  readonly url: string;
  readonly pid: number;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBroker(): Promise<OwnBroker> {
  const script = new URL('../../../../scripts/services/services.mjs', import.meta.url).href;
  const services = (await import(script)) as { startRabbitMq(): Promise<OwnBroker> };
  return services.startRabbitMq();
}

/** `rabbitmqctl`, with the environment that the broker itself was started with. */
export async function control({ pid }: OwnBroker, ...args: string[]): Promise<void> {
  const entries = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter((entry) => entry.includes('='));
  const env = Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  await promisify(execFile)('/usr/lib/rabbitmq/bin/rabbitmqctl', args, { env });
}

export const privateName = (): string => `test.${newId()}`;

export interface PrivateQueue extends QueueUnderTest {
  readonly queue: RabbitMqPaymentQueue;
  readonly name: string;
  readonly close: () => Promise<void>;
}

/** A queue of its own on a broker, connected, gone when closed. */
export async function makeQueueOn(
  url: string,
  options: Partial<RabbitMqPaymentQueueOptions> = {},
): Promise<PrivateQueue> {
  const name = options.queueName ?? privateName();
  const queue = new RabbitMqPaymentQueue({ url, queueName: name, ...options });
  await eventually('the queue is connected', () => queue.state().connected);
  const close = async (): Promise<void> => {
    await queue.close();
    await withBroker(url, (model) => deleteAll(model, name));
  };
  return { queue, deadLetters: queue, name, close };
}

export async function withBroker<T>(url: string, use: (model: ChannelModel) => Promise<T>): Promise<T> {
  const model = await connect(url);
  model.on('error', () => {});
  try {
    return await use(model);
  } finally {
    await model.close().catch(() => {});
  }
}

export async function deleteAll(model: ChannelModel, name: string): Promise<void> {
  const channel = await model.createChannel();
  const steps = ['1s', '5s', '30s', '2m', '10m'].map((step) => `${name}.retry.${step}`);
  for (const queue of [name, `${name}.dead`, ...steps]) await channel.deleteQueue(queue);
  await channel.deleteExchange(name);
  await channel.close();
}

export class CountingMeter implements Meter {
  readonly counts = new Map<string, number>();
  readonly gauges = new Map<string, number>();

  count(name: string, _labels?: Readonly<Record<string, string>>, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  observe(): void {}

  gauge(name: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    this.gauges.set(`${name} ${labels['purpose']}`, value);
  }
}

export class RememberingLogger implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields?: LogFields | undefined }[] = [];
  readonly debug = this.at('debug');
  readonly info = this.at('info');
  readonly warn = this.at('warn');
  readonly error = this.at('error');

  of(message: string, purpose: string): number {
    return this.lines.filter((line) => line.message === message && line.fields?.['purpose'] === purpose).length;
  }

  private at(level: string) {
    return (message: string, fields?: LogFields): void => void this.lines.push({ level, message, fields });
  }
}
