import pg from 'pg';
import { CURRENCY, outsideSystems } from '../load/telling/channels.js';
import { CannotRun } from '../options.js';
import type { Stage } from './stage.js';

export const STAGING_TABLE = 'public.payment_staging';

/** Declares the channels and the staging table, as somebody would who begins with recording. */
export async function prepareRecording(stage: Stage): Promise<void> {
  const [url = ''] = stage.apiUrls;
  for (const [name, { secret, definition }] of Object.entries(outsideSystems)) {
    await call(url, 'POST', '/api/v1/secrets', { name: `webhook/${name}`, value: secret, overlap_hours: 0 });
    await call(url, 'PUT', `/api/v1/channels/${name}`, { version: 0, definition });
  }
  const client = new pg.Client({ connectionString: await stage.adminUrl() });
  await client.connect();
  await client.query(
    `insert into recording.staging_sources (tenant_id, table_name, business_unit_id, currency, time_zone, enabled, created_at)
     values ('default', $1, 'default', $2, 'UTC', true, now())`,
    [STAGING_TABLE, CURRENCY],
  );
  await client.end();
}

async function call(url: string, method: string, path: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(new URL(path, url), { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new CannotRun(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}
