import { isoTime } from '@ferry/kernel';
import type { StagingStanding, StandingBoard } from '@ferry/recording';
import type { Database } from '../database.js';

/** No tenant can have this id: what is kept under it is Ferry's own. */
const NOBODY = '~';

/** One row, of no tenant: the api's login sees one tenant at a time, so it cannot count for itself. */
export class PostgresStandingBoard implements StandingBoard {
  constructor(private readonly database: Database) {}

  async post({ waiting, lastRunAt, countedAt }: StagingStanding): Promise<void> {
    await this.database.tenant(NOBODY, (session) =>
      session.query({
        text: `insert into recording.staging_standing (tenant_id, waiting, last_run_at, counted_at) values ($1, $2, $3, $4)
          on conflict (tenant_id) do update
          set waiting = excluded.waiting, last_run_at = excluded.last_run_at, counted_at = excluded.counted_at`,
        values: [NOBODY, waiting, lastRunAt && isoTime(lastRunAt), isoTime(countedAt)],
      }),
    );
  }

  async read(): Promise<StagingStanding | undefined> {
    const [row] = await this.database.tenant(NOBODY, (session) =>
      session.rows<{ waiting: string; last_run_at: Date | null; counted_at: Date }>({
        text: 'select waiting, last_run_at, counted_at from recording.staging_standing where tenant_id = $1',
        values: [NOBODY],
      }),
    );
    if (!row) return undefined;
    return { waiting: Number(row.waiting), lastRunAt: row.last_run_at ?? undefined, countedAt: row.counted_at };
  }
}
