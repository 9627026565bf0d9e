import type { Rail } from '@ferry/payments';
import { SimulatedRail, type Latency } from '@ferry/simulated-rail';
import { ContainerModule } from 'inversify';
import type { EngineSettings } from '../settings/index.js';
import { T } from '../tokens.js';

/** Every rail that this installation knows, by name. */
export const railsModule = new ContainerModule(({ bind }) => {
  bind(T.Rails).toResolvedValue(
    (settings) => {
      const rails: readonly Rail[] = [
        new SimulatedRail({
          successRate: settings.SIMULATED_SUCCESS_RATE,
          seed: settings.SIMULATED_SEED,
          latency: latencyOf(settings),
        }),
      ];
      return new Map(rails.map((rail) => [rail.name, rail]));
    },
    [T.EngineSettings],
  );
});

function latencyOf(settings: EngineSettings): Latency {
  const bounds = { minMs: settings.SIMULATED_LATENCY_MIN_MS, maxMs: settings.SIMULATED_LATENCY_MAX_MS };
  switch (settings.SIMULATED_LATENCY) {
    case 'none':
      return { distribution: 'none' };
    case 'uniform':
      return { distribution: 'uniform', ...bounds };
    case 'exponential':
      return { distribution: 'exponential', ...bounds, p50Ms: settings.SIMULATED_LATENCY_P50_MS };
  }
}
