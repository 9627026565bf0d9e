import type { Evidence } from '../evidence.js';
import type { ToldEvent } from '../kafka-events.js';
import { endTypes, ends, judgeEach, type Verdict } from './verdict.js';

/** What the world was told. Without Kafka only that nothing waits to be told: histories carry the ids of the events. */
export function judgeEvents({ payments, history, recording, events, waitingEvents }: Evidence): readonly Verdict[] {
  const outbox: Verdict = {
    name: 'outbox-empty',
    meaning: 'no event waits in the outbox',
    checked: history.length,
    broken: waitingEvents > 0 ? [`${waitingEvents} wait`] : [],
  };
  if (events === undefined) return [outbox];
  const told = Map.groupBy(events, ({ paymentId }) => paymentId);
  const written = Map.groupBy(history, ({ payment_id }) => payment_id);
  const known = new Set([...payments, ...recording.payments].map(({ id }) => id));
  return [
    outbox,
    judgeEach(
      'told-whole',
      'consumers saw each version of each payment, in order, and nothing else',
      payments,
      ({ id }) => {
        const seen = firsts(told.get(id) ?? []).map(({ version, eventId }) => `${version} ${eventId}`);
        const due = (written.get(id) ?? []).map(({ version, event_id }) => `${version} ${event_id}`);
        return seen.join() === due.join() ? undefined : `${id}: told [${seen.join(', ')}], written [${due.join(', ')}]`;
      },
    ),
    judgeEach(
      'told-ended-once',
      'one event, by its id, ends each ended payment',
      payments.filter(({ status }) => ends.has(status)),
      ({ id }) => {
        const endings = new Set(
          (told.get(id) ?? []).filter(({ type }) => endTypes.has(type)).map(({ eventId }) => eventId),
        );
        return endings.size === 1 ? undefined : `${id} was told to have ended by ${endings.size} events`;
      },
    ),
    judgeEach('told-true', 'no event tells of a payment that is not there', [...told.keys()], (id) =>
      known.has(id) ? undefined : `${id} is not there`,
    ),
  ];
}

/** What a consumer keeps that remembers the ids it has seen: duplicates may come, also late. */
function firsts(events: readonly ToldEvent[]): readonly ToldEvent[] {
  return [...new Map(events.toReversed().map((event) => [event.eventId, event])).values()].toReversed();
}

/** Events that came more than once. */
export const duplicatesAmong = (events: readonly ToldEvent[]): number =>
  events.length - new Set(events.map(({ eventId }) => eventId)).size;
