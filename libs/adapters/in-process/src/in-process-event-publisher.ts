import type { EventPublisher, OutboxEvent } from '@ferry/messaging';

/** Gets what was published, in order. A rejection means "not taken": the same events come again, to every listener. */
export type EventListener = (events: readonly OutboxEvent[]) => void | Promise<void>;

/**
 * Hands events to listeners of this process, one batch after the other. The outbox keeps what a listener rejected, so a
 * listener may see a duplicate, never a hole from its subscription on. Events that nobody listens to are gone, as with a topic without
 * subscribers. A listener that never settles holds up all publishing: listeners bound their own waiting.
 */
export class InProcessEventPublisher implements EventPublisher {
  private readonly listeners = new Set<EventListener>();
  private last: Promise<unknown> = Promise.resolve();

  /** Returns how to stop listening; a batch that is being handed out is finished. */
  subscribe(listener: EventListener): () => void {
    const own: EventListener = (events) => listener(events);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  /** Resolves when every listener has taken the events; rejects with the first listener's error otherwise. */
  publish(events: readonly OutboxEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    const turn = this.last.then(() => this.handOut(events));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** All listeners get the batch, also when one of them fails: its fault must not become their gap. */
  private async handOut(events: readonly OutboxEvent[]): Promise<void> {
    const outcomes = await Promise.allSettled([...this.listeners].map(async (listener) => listener(events)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
