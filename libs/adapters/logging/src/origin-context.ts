import { AsyncLocalStorage } from 'node:async_hooks';
import type { Origin } from '@ferry/kernel';

const storage = new AsyncLocalStorage<Origin>();

/** Runs `fn` so that everything it starts, also after an `await`, is logged with this origin's correlation and trace id. */
export const withOrigin = <T>(origin: Origin, fn: () => T): T => storage.run(origin, fn);

/** The origin of the work that runs now, if it was started under `withOrigin`. */
export const currentOrigin = (): Origin | undefined => storage.getStore();
