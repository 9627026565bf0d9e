import type { PaymentHandler, PaymentMessage, PaymentQueue } from '@ferry/payments';
import { isTracing, span } from '@ferry/tracing';

/** Messages travel in spans of their own: sent in one, handled in another that continues it. Costs nothing while tracing is off. */
export const tracedQueue = (queue: PaymentQueue): PaymentQueue => ({
  depth: () => queue.depth(),
  ahead: (tenantId) => queue.ahead(tenantId),
  publish: (messages) => (isTracing() ? publishTraced(queue, messages) : queue.publish(messages)),
  consume: (handler, options) => queue.consume((messages) => handleTraced(handler, messages), options),
});

/** One span for each message, all around the one publish. */
async function publishTraced(queue: PaymentQueue, messages: readonly PaymentMessage[]): Promise<readonly boolean[]> {
  const { promise, resolve } = Promise.withResolvers<readonly boolean[]>();
  const stamped: PaymentMessage[] = [];
  const spans = messages.map((message, i) =>
    span('payment_processing send', { kind: 'producer', parent: message.origin?.traceparent }, (traceparent) => {
      stamped[i] = message.origin ? { ...message, origin: { ...message.origin, traceparent } } : message;
      return promise;
    }),
  );
  resolve(await queue.publish(stamped));
  await Promise.all(spans);
  return promise;
}

/** Each span ends with the outcome of its own message. */
function handleTraced(handler: PaymentHandler, messages: readonly PaymentMessage[]): ReturnType<PaymentHandler> {
  const outcomes = handler(messages);
  if (!isTracing()) return outcomes;
  messages.forEach((message, i) => {
    const options = { kind: 'consumer', parent: message.origin?.traceparent } as const;
    void span('payment_processing process', options, async () => (await outcomes)[i]).catch(() => {});
  });
  return outcomes;
}
