import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '@ferry/kernel';
import pg from 'pg';
import { CannotRun } from '../options.js';
import { Postmaster } from './postmaster.js';
import { runFerry } from './run-ferry.js';
import { loadServices } from './services.js';
import { slowRail } from './settings.js';
import { Slot } from './slot.js';
import type { Stage } from './stage.js';
import { atExit, Workspace } from './workspace.js';

const READY_TIMEOUT_MS = 90_000;
const BACK_TIMEOUT_MS = 60_000;
const POLL_MS = 25;

/** `ferry start`: everything in one process, on the PostgreSQL it brings. */
export async function startEmbedded(logDirectory: string): Promise<Stage> {
  const { descendants, freePorts, killTree } = await loadServices();
  const [port, metricsPort] = await freePorts(2);
  const { directory } = new Workspace('data');
  const settings = { FERRY_DATA_DIR: directory, PORT: String(port), METRICS_PORT: String(metricsPort), ...slowRail };
  const postmaster = new Postmaster(join(directory, 'postgres'), { descendants, killTree });
  const healthUrl = `http://127.0.0.1:${port}`;
  const slot = new Slot({ role: 'ferry', number: 1, settings, healthUrl, logDirectory });
  atExit(() => {
    slot.killNow(); // it would bring its database back
    postmaster.stopNow();
  });
  slot.start();
  if ((await slot.until(({ status }) => status === 'ok', READY_TIMEOUT_MS)) === Infinity)
    throw new CannotRun(`ferry start is not ready after ${READY_TIMEOUT_MS / 1_000} s`);
  const adminUrl = (): string => `postgres://postgres:${password(directory)}@127.0.0.1:${postmaster.port()}/payments`;
  return {
    slots: [slot],
    apiUrls: [healthUrl],
    here: new Set(['postgres']),
    // Ferry itself brings its database back.
    services: {
      postgres: {
        kill: () => postmaster.kill(),
        restart: () => untilBack(adminUrl),
        freeze: () => postmaster.freeze(),
      },
    },
    adminUrl: async () => {
      await untilBack(adminUrl);
      return adminUrl();
    },
    verify: async () => {
      await slot.terminate();
      return runFerry(['verify'], settings);
    },
    stop: async () => {
      await slot.kill();
      postmaster.stopNow();
    },
  };
}

const password = (directory: string): string =>
  (JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as { postgres: string }).postgres;

async function untilBack(adminUrl: () => string): Promise<void> {
  const deadline = performance.now() + BACK_TIMEOUT_MS;
  while (!(await answers(adminUrl))) {
    if (performance.now() > deadline) throw new Error('the embedded PostgreSQL did not come back');
    await sleep(POLL_MS);
  }
}

async function answers(adminUrl: () => string): Promise<boolean> {
  try {
    const client = new pg.Client({ connectionString: adminUrl(), connectionTimeoutMillis: 1_000 });
    client.on('error', () => {});
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
