import { randomBytes } from 'node:crypto';
import { silentLogger, silentMeter, type Logger } from '@ferry/kernel';
import {
  composeEngine,
  engineSettings,
  Lifecycle,
  readSettings,
  workerSettings,
  type EngineParts,
} from '@ferry/wiring';
import type { Container } from 'inversify';
import type { TestDatabase } from './postgres.js';

export interface TestEngine {
  readonly container: Container;
  readonly lifecycle: Lifecycle;
  close(): Promise<void>;
}

/** The whole engine in this process on a database of the tests; `environment` sets what else it uses. */
export function makeEngine(
  database: TestDatabase,
  environment: Readonly<Record<string, string>> = {},
  parts: Partial<EngineParts> & { logger?: Logger } = {},
): TestEngine {
  const settings = readSettings(
    { ...engineSettings, ...workerSettings },
    { DATABASE_URL: database.appUrl, DATABASE_SWEEPER_URL: database.sweeperUrl, ...environment },
  );
  const lifecycle = new Lifecycle();
  const logger = parts.logger ?? silentLogger;
  const container = composeEngine({
    settings,
    workerSettings: settings,
    logger,
    meter: silentMeter,
    lifecycle,
    ...parts,
  });
  return { container, lifecycle, close: () => lifecycle.close(10_000, logger) };
}

/** A RabbitMQ virtual host would do too; queues of tests are told apart by their name. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(6).toString('hex')}`;
