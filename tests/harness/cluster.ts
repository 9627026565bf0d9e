import { FerryProcess, runCommand, startServer } from './ferry.js';
import { newSecret } from './record.js';

/** CI runs what fits into seconds; `CHAOS_FULL=1` the durations and counts of RELIABILITY.md. */
export const sized = <T>(ci: T, full: T): T => (process.env.CHAOS_FULL === '1' ? full : ci);

export const say = (test: string, figures: string): void => void process.stderr.write(`${test}: ${figures}\n`);

type Environment = Readonly<Record<string, string>>;

/** An api and a worker as processes, on a migrated database. */
export interface Cluster {
  readonly environment: Environment;
  readonly api: FerryProcess & { readonly url: string };
  readonly worker: FerryProcess;
  /** What `ferry verify` says, and its exit code. */
  verify(): Promise<{ code: number | null; output: string }>;
  stop(): Promise<void>;
}

/** `databaseUrl` is the administrator's; `through` may lead the processes to it by another way. */
export async function startCluster(
  databaseUrl: string,
  settings: Environment,
  through: (url: string) => string = (url) => url,
): Promise<Cluster> {
  const logins = { ferry_app: newSecret(), ferry_sweeper: newSecret() };
  const migrated = await runCommand(['migrate'], {
    MIGRATION_DATABASE_URL: databaseUrl,
    FERRY_APP_PASSWORD: logins.ferry_app,
    FERRY_SWEEPER_PASSWORD: logins.ferry_sweeper,
  });
  if (migrated.code !== 0) throw new Error(migrated.output);
  const login = (username: keyof typeof logins, url: string): string =>
    Object.assign(new URL(url), { username, password: logins[username] }).toString();
  const direct = {
    DATABASE_URL: login('ferry_app', databaseUrl),
    DATABASE_SWEEPER_URL: login('ferry_sweeper', databaseUrl),
  };
  const environment = {
    SWEEP_GRACE_MS: '2000',
    ...settings,
    DATABASE_URL: through(direct.DATABASE_URL),
    DATABASE_SWEEPER_URL: through(direct.DATABASE_SWEEPER_URL),
  };
  const api = await startServer('api', environment);
  const worker = new FerryProcess('worker', [], environment);
  await worker.said('worker runs');
  return {
    environment,
    api,
    worker,
    verify: () => runCommand(['verify'], direct),
    stop: async () => void (await Promise.allSettled([api.kill(), worker.kill()])),
  };
}
