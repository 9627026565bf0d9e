import { InProcessPaymentSignals } from '@ferry/in-process';
import { RedisPaymentSignals } from '@ferry/redis';
import { ContainerModule } from 'inversify';
import { T, token } from '../tokens.js';

const redis = token<RedisPaymentSignals>('RedisPaymentSignals');

export const inProcessSignalsModule = new ContainerModule(({ bind }) => {
  bind(T.PaymentSignals).toResolvedValue((logger) => new InProcessPaymentSignals(logger), [T.Logger]);
});

export const redisModule = new ContainerModule(({ bind }) => {
  bind(redis).toResolvedValue(
    (settings, logger, lifecycle, backings) => {
      const { REDIS_URL: url, REDIS_CA_FILE: ca } = settings;
      const signals = new RedisPaymentSignals({ url: url as string, ca, logger });
      lifecycle.onClose('redis', () => signals.close());
      backings.push({ name: 'redis', required: false, state: () => signals.state() });
      return signals;
    },
    [T.EngineSettings, T.Logger, T.Lifecycle, T.Backings],
  );
  bind(T.PaymentSignals).toService(redis);
});
