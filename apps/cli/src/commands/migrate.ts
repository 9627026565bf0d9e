import { bootstrapSql, migrationNames, migrations, roles } from '@ferry/migrations';
import { migrate } from '@ferry/postgres';
import { engineSettings, urlOf } from '@ferry/wiring';
import { str } from 'envalid';
import { runTool } from '../run-tool.js';

export const migrateSettings = {
  LOG_LEVEL: engineSettings.LOG_LEVEL,
  LOG_FORMAT: { ...engineSettings.LOG_FORMAT, default: 'pretty' as const },
  MIGRATION_DATABASE_URL: urlOf(
    'postgres',
    'postgresql',
  )({
    desc: 'the database, as an administrator who may create roles, and never by way of a bouncer',
    example: 'postgres://postgres:secret@localhost:5432/payments',
  }),
  FERRY_APP_PASSWORD: str({ desc: 'password that the login `ferry_app` gets' }),
  FERRY_SWEEPER_PASSWORD: str({ desc: 'password that the login `ferry_sweeper` gets' }),
};

export const migrateCommand = (): Promise<void> =>
  runTool(migrateSettings, async (settings, { logger, print }) => {
    const ran = await migrate(
      {
        url: settings.MIGRATION_DATABASE_URL,
        migrations,
        bootstrap: bootstrapSql,
        ownerRole: roles.owner,
        logins: { [roles.app]: settings.FERRY_APP_PASSWORD, [roles.sweeper]: settings.FERRY_SWEEPER_PASSWORD },
      },
      logger,
    );
    print(ran.length > 0 ? `${ran.length} migration(s) ran: ${ran.join(', ')}` : 'nothing to migrate');
    print(`the schema is at ${migrationNames.at(-1)}`);
  });
