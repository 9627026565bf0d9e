import type { Container } from 'inversify';
import { Loop } from './loop.js';
import { T } from './tokens.js';

const INTERVAL_MS = 5_000;

/** Tells how many database connections this process has, uses and wants. Once is enough for a process that is api and worker. */
export function startPoolGauges(container: Container): void {
  const meter = container.get(T.Meter);
  const database = container.get(T.AppDatabase);
  meter.gauge('db_pool_connections_max', container.get(T.EngineSettings).DB_POOL_MAX);
  const round = async (): Promise<{ more: boolean }> => {
    for (const [state, count] of Object.entries(database.poolSize()))
      meter.gauge('db_pool_connections', count, { state });
    return { more: false };
  };
  const loop = new Loop(round, { name: 'pool gauges', intervalMs: INTERVAL_MS, logger: container.get(T.Logger) });
  container.get(T.Lifecycle).onClose('pool gauges', () => loop.stop());
}
