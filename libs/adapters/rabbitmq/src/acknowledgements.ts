import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * The deliveries of one channel that are not yet acknowledged. Acknowledges a run of settled ones with one frame: a
 * `multiple` acknowledgement covers all before it, so it may only reach up to the first that is still open.
 */
export class Acknowledgements {
  /** Delivery tags rise, so the order of arrival is their order. */
  private readonly open = new Set<number>();

  constructor(private readonly channel: Pick<Channel, 'ack'>) {}

  delivered({ fields }: ConsumeMessage): void {
    this.open.add(fields.deliveryTag);
  }

  settle(messages: readonly ConsumeMessage[]): void {
    for (const { fields } of messages) this.open.delete(fields.deliveryTag);
    const [firstOpen = Infinity] = this.open;
    const run = messages.filter(({ fields }) => fields.deliveryTag < firstOpen);
    const last = run.reduce<ConsumeMessage | undefined>(later, undefined);
    if (last !== undefined) this.channel.ack(last, true);
    for (const message of messages) if (message.fields.deliveryTag > firstOpen) this.channel.ack(message);
  }
}

const later = (one: ConsumeMessage | undefined, other: ConsumeMessage): ConsumeMessage =>
  one !== undefined && one.fields.deliveryTag > other.fields.deliveryTag ? one : other;
