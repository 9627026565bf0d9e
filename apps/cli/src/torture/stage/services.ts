import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as Services from '../../../../../scripts/services/services.mjs';
import { CannotRun } from '../options.js';

/** Real services of our own, as the tests start them. They are part of a checkout, not of an installed Ferry. */
export async function loadServices(): Promise<typeof Services> {
  // As deep in src/ as in dist/.
  const place = new URL('../../../../../scripts/services/services.mjs', import.meta.url);
  if (!existsSync(place))
    throw new CannotRun(`torture is a tool for a checkout: there is no ${fileURLToPath(place)} to start services with`);
  return (await import(place.href)) as typeof Services;
}
