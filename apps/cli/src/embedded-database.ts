import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import type { Logger } from '@ferry/kernel';
import { bootstrapSql, migrations, roles } from '@ferry/migrations';
import { migrate } from '@ferry/postgres';
import { BadSettings, type Lifecycle } from '@ferry/wiring';

const DATABASE = 'payments';

export interface DatabaseUrls {
  readonly DATABASE_URL: string;
  readonly DATABASE_SWEEPER_URL: string;
}

interface Wanted {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_SWEEPER_URL?: string | undefined;
  readonly FERRY_DATA_DIR: string;
}

/** The database of the settings; or, when there is none, the embedded one, started and migrated. */
export async function databaseUrls(
  settings: Wanted,
  lifecycle: Lifecycle,
  logger: Logger,
): Promise<DatabaseUrls & { readonly embedded?: EmbeddedPostgres }> {
  const { DATABASE_URL, DATABASE_SWEEPER_URL } = settings;
  if (DATABASE_URL && DATABASE_SWEEPER_URL) return { DATABASE_URL, DATABASE_SWEEPER_URL };
  if (DATABASE_URL || DATABASE_SWEEPER_URL)
    throw new BadSettings(['DATABASE_URL and DATABASE_SWEEPER_URL: set both, or neither for the embedded database']);
  const logins = [roles.app, roles.sweeper];
  const embedded = await EmbeddedPostgres.start(
    { directory: settings.FERRY_DATA_DIR, database: DATABASE, roles: logins },
    logger,
  );
  lifecycle.onClose('embedded postgres', () => embedded.stop());
  const options = {
    url: embedded.url(),
    migrations,
    bootstrap: bootstrapSql,
    ownerRole: roles.owner,
    logins: Object.fromEntries(logins.map((role) => [role, embedded.password(role)])),
  };
  await embedded.outlasting(() => migrate(options, logger));
  return { DATABASE_URL: embedded.url(roles.app), DATABASE_SWEEPER_URL: embedded.url(roles.sweeper), embedded };
}
