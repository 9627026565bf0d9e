import { newId, systemClock, type Logger, type Meter } from '@ferry/kernel';
import { Container } from 'inversify';
import type { Lifecycle } from './lifecycle.js';
import { channelsModule } from './modules/channels-module.js';
import { inProcessEventsModule, kafkaModule } from './modules/event-modules.js';
import { jobsModule } from './modules/jobs-module.js';
import { messagingModule } from './modules/messaging-module.js';
import { paymentsModule } from './modules/payments-module.js';
import { postgresModule } from './modules/postgres-module.js';
import { inProcessQueueModule, rabbitMqModule } from './modules/queue-modules.js';
import { recordingFiguresModule } from './modules/recording-figures-module.js';
import { recordingModule } from './modules/recording-module.js';
import { recordingUpkeepModule } from './modules/recording-upkeep-module.js';
import { railsModule } from './modules/rails-module.js';
import { inProcessSignalsModule, redisModule } from './modules/signal-modules.js';
import { stagingModule } from './modules/staging-module.js';
import { tenancyAdaptersModule, tenancyModule } from './modules/tenancy-module.js';
import type { EngineSettings, WorkerSettings } from './settings/index.js';
import { T } from './tokens.js';

export interface EngineParts {
  readonly settings: EngineSettings;
  /** Absent in a process that only serves the API: it has no business with the sweeper's login. */
  readonly workerSettings?: WorkerSettings | undefined;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Told how to close whatever is opened. */
  readonly lifecycle: Lifecycle;
}

/** The whole engine, nothing connected yet. Which adapter stands behind a port is decided here, by whether its URL is set. */
export function composeEngine({ settings, workerSettings, logger, meter, lifecycle }: EngineParts): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(T.Clock).toConstantValue(systemClock);
  container.bind(T.NewId).toConstantValue(newId);
  container.bind(T.Logger).toConstantValue(logger);
  container.bind(T.Meter).toConstantValue(meter);
  container.bind(T.Lifecycle).toConstantValue(lifecycle);
  container.bind(T.Backings).toConstantValue([]);
  container.bind(T.EngineSettings).toConstantValue(settings);
  if (workerSettings) container.bind(T.WorkerSettings).toConstantValue(workerSettings);
  container.load(
    paymentsModule,
    messagingModule,
    railsModule,
    postgresModule,
    tenancyModule,
    tenancyAdaptersModule,
    recordingFiguresModule,
    recordingModule,
    channelsModule,
    recordingUpkeepModule,
    jobsModule,
    stagingModule,
    settings.RABBITMQ_URL ? rabbitMqModule : inProcessQueueModule,
    settings.KAFKA_BROKERS ? kafkaModule : inProcessEventsModule,
    settings.REDIS_URL ? redisModule : inProcessSignalsModule,
  );
  return container;
}
