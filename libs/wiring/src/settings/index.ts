import { apiSettings } from './api-settings.js';
import { engineSettings } from './engine-settings.js';
import type { Settings } from './read-settings.js';
import { workerSettings } from './worker-settings.js';

export type EngineSettings = Settings<typeof engineSettings>;
export type WorkerSettings = Settings<typeof workerSettings>;
export type ApiSettings = Settings<typeof apiSettings>;

export { apiSettings, engineSettings, workerSettings };
export { notRead } from './other-names.js';
export { keyPairProblem } from './pem.js';
export * from './read-settings.js';
export * from './validators.js';
