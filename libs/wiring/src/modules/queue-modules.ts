import { InProcessPaymentQueue } from '@ferry/in-process';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { ContainerModule } from 'inversify';
import { tracedQueue } from '../decorators/traced-queue.js';
import { T, token } from '../tokens.js';

const inProcess = token<InProcessPaymentQueue>('InProcessPaymentQueue');
const rabbitMq = token<RabbitMqPaymentQueue>('RabbitMqPaymentQueue');

/** For one process that is api and worker at once. What it forgets in a crash, the sweeper finds. */
export const inProcessQueueModule = new ContainerModule(({ bind }) => {
  bind(inProcess).toResolvedValue(
    (settings, logger, clock, lifecycle) => {
      const queue = new InProcessPaymentQueue({ capacity: settings.QUEUE_LENGTH_MAX, logger, clock });
      lifecycle.onClose('payment queue', () => queue.close());
      return queue;
    },
    [T.EngineSettings, T.Logger, T.Clock, T.Lifecycle],
  );
  bind(T.PaymentQueue).toResolvedValue(tracedQueue, [inProcess]);
  bind(T.DeadLetters).toService(inProcess);
});

export const rabbitMqModule = new ContainerModule(({ bind }) => {
  bind(rabbitMq).toResolvedValue(
    (settings, logger, meter, clock, lifecycle, backings) => {
      const queue = new RabbitMqPaymentQueue({
        url: settings.RABBITMQ_URL as string,
        ca: settings.RABBITMQ_CA_FILE,
        queueLengthMax: settings.QUEUE_LENGTH_MAX,
        logger,
        meter,
        clock,
      });
      lifecycle.onClose('rabbitmq', () => queue.close());
      backings.push({ name: 'rabbitmq', required: false, state: () => queue.state() });
      return queue;
    },
    [T.EngineSettings, T.Logger, T.Meter, T.Clock, T.Lifecycle, T.Backings],
  );
  bind(T.PaymentQueue).toResolvedValue(tracedQueue, [rabbitMq]);
  bind(T.DeadLetters).toService(rabbitMq);
});
