import { InProcessSeenReferences } from '@ferry/in-process';
import { PostgresRecordedPayments } from '@ferry/postgres';
import { RecordFacts } from '@ferry/recording';
import { RedisConnection, RedisSeenReferences } from '@ferry/redis';
import { ContainerModule } from 'inversify';
import { LayeredSeenReferences } from '../decorators/layered-seen-references.js';
import { WarmedSeenReferences } from '../decorators/warmed-seen-references.js';
import { T } from '../tokens.js';

/** Recorded payments, and what is known of their reference numbers without asking the database: in this process, then in Redis. */
export const recordingModule = new ContainerModule(({ bind }) => {
  bind(T.RecordedPayments).toResolvedValue((database) => new PostgresRecordedPayments(database), [T.AppDatabase]);
  bind(T.SeenReferences).toResolvedValue(
    (settings, payments, logger, meter, lifecycle) => {
      const { MEMORY_CACHE_MAX_SIZE: sizeMax, REDIS_URL: url, REDIS_CA_FILE: ca, REDIS_TTL_SECONDS } = settings;
      // Redis outlives the process, and needs no warming.
      const memory = new WarmedSeenReferences(new InProcessSeenReferences(sizeMax, meter), payments, logger);
      const layers = [
        ...(settings.ENABLE_MEMORY_CACHE ? [memory] : []),
        ...(settings.ENABLE_REDIS_CACHE && url !== undefined ? [redisLayer(url)] : []),
      ];
      return new LayeredSeenReferences(layers);

      function redisLayer(redisUrl: string): RedisSeenReferences {
        const connection = new RedisConnection({ url: redisUrl, ca, purpose: 'references', logger });
        lifecycle.onClose('redis (references)', () => connection.close());
        return new RedisSeenReferences(connection, { ttlSeconds: REDIS_TTL_SECONDS }, logger, meter);
      }
    },
    [T.EngineSettings, T.RecordedPayments, T.Logger, T.Meter, T.Lifecycle],
  );
  bind(T.RecordFacts).toResolvedValue(
    (payments, seen, clock, newId, meter) => new RecordFacts({ payments, seen, clock, newId, meter }),
    [T.RecordedPayments, T.SeenReferences, T.Clock, T.NewId, T.Meter],
  );
});
