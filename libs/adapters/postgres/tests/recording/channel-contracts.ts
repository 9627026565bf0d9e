import { PostgresChannels, PostgresRejectedWebhookRetention, PostgresRejectedWebhooks } from '@ferry/postgres';
import { channelsContract, rejectedWebhooksContract, toldLine, type ChannelStore } from '@ferry/recording/testing';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';
import { recordingStore } from './contracts.js';

/** What channels ask of PostgreSQL, of whatever database is there when the tests run. */
export function channelContracts(database: () => TestDatabase): void {
  const make = (): Promise<ChannelStore> => {
    const { app, sweeper } = database();
    return Promise.resolve({
      channels: new PostgresChannels(app),
      rejected: new PostgresRejectedWebhooks(app),
      retention: new PostgresRejectedWebhookRetention(app, sweeper),
      newTenant: () => recordingStore(database).newTenant(),
      told: async (tenantId) => {
        const rows = await database().query<{ action: 'channel.saved'; subject: string }>(
          'select action, subject from tenancy.tenant_audit_log where tenant_id = $1 order by id',
          [tenantId],
        );
        return rows.map(toldLine);
      },
    });
  };
  channelsContract('PostgreSQL', make);
  rejectedWebhooksContract('PostgreSQL', make);
}
