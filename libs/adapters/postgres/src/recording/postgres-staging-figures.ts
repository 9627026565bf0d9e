import { isoTime } from '@ferry/kernel';
import { dayAfter, startOf, type Day, type StagingDay, type StagingFigures } from '@ferry/recording';
import type { Database } from '../database.js';
import type { Session } from '../session.js';
import { countWaiting } from './count-waiting.js';

export class PostgresStagingFigures implements StagingFigures {
  constructor(private readonly database: Database) {}

  ofDay(tenantId: string, day: Day, countMax: number): Promise<StagingDay> {
    return this.database.tenant(tenantId, async (session) => {
      const batches = await batchesOf(session, tenantId, day);
      const sources = await session.rows<{ table_name: string }>({
        text: 'select table_name from recording.staging_sources where tenant_id = $1 order by table_name',
        values: [tenantId],
      });
      let waiting = 0;
      for (const { table_name: table } of sources) waiting += await countWaiting(session, table, countMax - waiting);
      return { ...batches, waiting };
    });
  }
}

/** Batches that ended on this day. None takes a day, so those that began before the day before are left out by the index. */
async function batchesOf(session: Session, tenantId: string, day: Day): Promise<Omit<StagingDay, 'waiting'>> {
  const [row] = await session.rows<{ processed: string; ms: number }>({
    text: `select coalesce(sum(processed_records), 0) as processed,
        coalesce(avg(extract(epoch from completed_at - started_at)) * 1000, 0)::double precision as ms
      from recording.staging_process_log
      where tenant_id = $1 and status = 'completed' and started_at >= $2 and completed_at >= $3 and completed_at < $4`,
    values: [tenantId, ...[-1, 0, 1].map((days) => isoTime(startOf(dayAfter(day, days))))],
  });
  return { processed: Number(row?.processed ?? 0), averageBatchMs: row?.ms ?? 0 };
}
