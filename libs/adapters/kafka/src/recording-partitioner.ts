import kafkajs, { type ICustomPartitioner } from 'kafkajs';

/**
 * The default partitioner (murmur2, the same partitions as Java clients choose), which also remembers what it chose, so that the
 * answer to a send can be checked for completeness.
 */
export class RecordingPartitioner {
  private chosen = new Set<string>();

  readonly create: ICustomPartitioner = () => {
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    return (args) => {
      const partition = choose(args);
      this.chosen.add(`${args.topic}-${partition}`);
      return partition;
    };
  };

  reset(): void {
    this.chosen = new Set();
  }

  /** The partitions chosen since `reset` that the answer does not speak of. */
  unanswered(answer: readonly { readonly topicName: string; readonly partition: number }[]): string[] {
    const answered = new Set(answer.map(({ topicName, partition }) => `${topicName}-${partition}`));
    return [...this.chosen].filter((partition) => !answered.has(partition));
  }
}
