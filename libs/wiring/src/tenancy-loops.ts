import { errorFields } from '@ferry/kernel';
import type { Container } from 'inversify';
import { Loop } from './loop.js';
import { T } from './tokens.js';

/** An entry is in the chain a few seconds after it was told. */
const CHAIN_INTERVAL_MS = 5_000;
const USAGE_INTERVAL_MS = 10 * 60_000;
/** How far behind `last_used_at` may be, and what a killed api forgets of its requests. */
const KEY_USES_INTERVAL_MS = 5_000;

/** For a worker: chains what was told, counts what was used. */
export function startTenancyJobs(container: Container): void {
  start(container, 'audit chain', CHAIN_INTERVAL_MS, () => container.get(T.ChainAudit).run());
  start(container, 'usage', USAGE_INTERVAL_MS, () => container.get(T.CountUsage).run());
}

/** For an api that asks for keys: stores their uses now and then, and once more at the end. */
export function startKeyUses(container: Container): void {
  const uses = container.get(T.RecordKeyUses);
  const logger = container.get(T.Logger);
  container.get(T.Lifecycle).onClose('last key uses', async () => {
    await uses.run().catch((error: unknown) => logger.warn('the last key uses were not stored', errorFields(error)));
  });
  start(container, 'key uses', KEY_USES_INTERVAL_MS, () => uses.run());
}

function start(
  container: Container,
  name: string,
  intervalMs: number,
  round: () => Promise<{ readonly more: boolean }>,
): void {
  const loop = new Loop(round, { name, intervalMs, logger: container.get(T.Logger) });
  container.get(T.Lifecycle).onClose(name, () => loop.stop());
}
