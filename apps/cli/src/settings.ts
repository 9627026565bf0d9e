import { apiSettings, engineSettings, workerSettings } from '@ferry/wiring';
import { str } from 'envalid';

/** Where the embedded database lives; read only when DATABASE_URL is not set. */
export const dataDirSetting = {
  FERRY_DATA_DIR: str({ default: '.ferry', desc: 'data and passwords of the embedded PostgreSQL' }),
};

const optional = <V>(spec: V): V => ({ ...spec, default: undefined });

/** The commands can do without a database's URL: they bring their own database. */
const embeddable = {
  ...engineSettings,
  ...workerSettings,
  ...dataDirSetting,
  DATABASE_URL: optional(engineSettings.DATABASE_URL),
  DATABASE_SWEEPER_URL: optional(workerSettings.DATABASE_SWEEPER_URL),
};

export const toolSettings = {
  ...embeddable,
  LOG_LEVEL: { ...engineSettings.LOG_LEVEL, default: 'warn' as const },
  LOG_FORMAT: { ...engineSettings.LOG_FORMAT, default: 'pretty' as const },
};

export const startSettings = {
  ...embeddable,
  npm_lifecycle_event: str({
    default: undefined,
    desc: 'set by npm itself: `npm start` then stops when npm is stopped',
  }),
  ...apiSettings,
  FERRY_AUTH: { ...apiSettings.FERRY_AUTH, default: 'none' as const },
  // Without authentication nobody but this machine may come in, unless HOST says otherwise.
  HOST: { ...engineSettings.HOST, default: '127.0.0.1' },
  LOG_FORMAT: { ...engineSettings.LOG_FORMAT, default: process.stdout.isTTY ? ('pretty' as const) : ('json' as const) },
};
