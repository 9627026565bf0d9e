import { InProcessSeenReferences } from '@ferry/in-process';
import type { Logger, Meter } from '@ferry/kernel';
import { PostgresRecordedPayments } from '@ferry/postgres';
import { RecordFacts } from '@ferry/recording';
import { RedisConnection, RedisSeenReferences } from '@ferry/redis';
import { ContainerModule } from 'inversify';
import { LayeredSeenReferences } from '../decorators/layered-seen-references.js';
import { WarmedSeenReferences } from '../decorators/warmed-seen-references.js';
import type { Lifecycle } from '../lifecycle.js';
import type { EngineSettings } from '../settings/index.js';
import { T } from '../tokens.js';

/** Recorded payments, and what is known of their reference numbers without asking the database: in this process, then in Redis. */
export const recordingModule = new ContainerModule(({ bind }) => {
  bind(T.RecordedPayments).toResolvedValue((database) => new PostgresRecordedPayments(database), [T.AppDatabase]);
  bind(T.SeenReferences).toResolvedValue(
    (settings, payments, logger, meter, lifecycle) => {
      const memory = new InProcessSeenReferences(settings.MEMORY_CACHE_MAX_SIZE, meter);
      // Only this one: Redis outlives the process.
      const near = settings.ENABLE_MEMORY_CACHE ? [new WarmedSeenReferences(memory, payments, logger)] : [];
      return new LayeredSeenReferences([...near, ...inRedis(settings, logger, meter, lifecycle)]);
    },
    [T.EngineSettings, T.RecordedPayments, T.Logger, T.Meter, T.Lifecycle],
  );
  bind(T.RecordFacts).toResolvedValue(
    (payments, seen, clock, newId, meter) => new RecordFacts({ payments, seen, clock, newId, meter }),
    [T.RecordedPayments, T.SeenReferences, T.Clock, T.NewId, T.Meter],
  );
});

/** None where there is no Redis, or it is not to be used for this. */
function inRedis(settings: EngineSettings, logger: Logger, meter: Meter, lifecycle: Lifecycle): RedisSeenReferences[] {
  const { ENABLE_REDIS_CACHE, REDIS_URL: url, REDIS_CA_FILE: ca, REDIS_TTL_SECONDS: ttlSeconds } = settings;
  if (!ENABLE_REDIS_CACHE || url === undefined) return [];
  const connection = new RedisConnection({ url, ca, purpose: 'references', logger });
  lifecycle.onClose('redis (references)', () => connection.close());
  return [new RedisSeenReferences(connection, { ttlSeconds }, logger, meter)];
}
