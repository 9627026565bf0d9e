import { roles } from '@ferry/migrations';
import { call } from '../call.mjs';
import { programs, run } from '../processes.mjs';
import { acceptOn, inOwn } from './accept.mjs';

/** @typedef {import('../measure.mjs').Bench} Bench */

const TENANT = 'shop';
/** The largest that a key may have: every request is counted against each of them, and none is refused. */
const LIMIT = 1_000_000;

/** What access costs, taken away: everybody is let in, and PostgreSQL asks no policy. @param {Bench} bench */
export const unguarded = (bench) =>
  inOwn(bench, async (database) => {
    const bypass = (/** @type {string} */ word) => bench.database.query('admin', `alter role ${roles.app} ${word}`);
    try {
      return await acceptOn(bench, database, {}, async () => {
        // Once it has started: an api refuses to start with such a login.
        await bypass('bypassrls');
        return undefined;
      });
    } finally {
      await bypass('nobypassrls');
    }
  });

/** Every payment brings a key, which has a limit, as has its tenant, as have the tenant's payments. @param {Bench} bench */
export const guarded = (bench) =>
  inOwn(bench, async (database) => {
    const made = await run(
      process.execPath,
      [programs.cli, 'tenants', 'create', TENANT, '--json'],
      database.environment,
    );
    const first = JSON.parse(made).key;
    return acceptOn(bench, database, { FERRY_AUTH: 'keys' }, (url) => limited(url, first));
  });

/** A key with a limit, of a tenant with limits. @param {string} url @param {string} key */
async function limited(url, key) {
  const limits = { requests_per_minute: LIMIT, payments_per_day: LIMIT };
  await call(url, 'PUT', '/api/v1/config', { version: 0, config: { limits } }, key);
  const grant = { name: 'bench', scopes: ['payments:write'], requests_per_minute: LIMIT };
  return String((await call(url, 'POST', '/api/v1/keys', grant, key)).secret_key);
}
