import { isoTime } from '@ferry/kernel';
import {
  channelJson,
  parseChannel,
  type Channels,
  type Told,
  type JsonValue,
  type StoredChannel,
  type TenantId,
} from '@ferry/recording';
import type { Database } from '../database.js';
import { tell } from '../tenancy/tell.js';

interface ChannelRow {
  readonly channel: string;
  readonly version: number;
  readonly definition: string | null;
  readonly created_at: Date;
}

const columns = 'channel, version, definition, created_at';

function storedOf(row: ChannelRow): StoredChannel {
  const { channel: name, version, definition, created_at: savedAt } = row;
  if (definition === null) return { name, version, savedAt };
  const result = parseChannel(name, JSON.parse(definition) as JsonValue);
  if ('faults' in result) throw new Error(`the channel ${name} is not one: ${JSON.stringify(result.faults)}`);
  return { name, version, channel: result.channel, savedAt };
}

export class PostgresChannels implements Channels {
  constructor(private readonly database: Database) {}

  async find(tenantId: TenantId, name: string): Promise<StoredChannel | undefined> {
    const [row] = await this.database.tenant(tenantId, (session) =>
      session.rows<ChannelRow>({
        name: 'channel-find',
        text: `select ${columns} from recording.channels where tenant_id = $1 and channel = $2 order by version desc limit 1`,
        values: [tenantId, name],
      }),
    );
    return row && storedOf(row);
  }

  async list(tenantId: TenantId): Promise<readonly StoredChannel[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<ChannelRow>({
        text: `select ${columns} from (
            select distinct on (channel) ${columns} from recording.channels where tenant_id = $1 order by channel, version desc) newest
          where definition is not null order by channel collate "C"`,
        values: [tenantId],
      }),
    );
    return rows.map(storedOf);
  }

  save(tenantId: TenantId, stored: StoredChannel, told: Told): Promise<'saved' | 'conflict'> {
    const { name, version, channel, savedAt } = stored;
    return this.database.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        // Behind the version before it only: a number that is skipped would let two writers both win.
        text: `insert into recording.channels (tenant_id, channel, version, definition, created_at)
          select h.tenant_id, $2::varchar, $3::integer, $4, $5::timestamptz from tenancy.tenant_home h
          where h.tenant_id = $1 and ($3 = 1 or exists (select from recording.channels c
            where c.tenant_id = $1 and c.channel = $2 and c.version = $3 - 1))
          on conflict (tenant_id, channel, version) do nothing`,
        values: [tenantId, name, version, channel ? JSON.stringify(channelJson(channel)) : null, isoTime(savedAt)],
      });
      if (rowCount === 0) return 'conflict';
      await tell(session, tenantId, [told]);
      return 'saved';
    });
  }
}
