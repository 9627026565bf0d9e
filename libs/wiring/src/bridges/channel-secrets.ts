import { errorFields, type Logger } from '@ferry/kernel';
import type { ChannelSecrets } from '@ferry/recording';
import { CannotOpen, type KeepSecrets } from '@ferry/tenancy';

/** The secrets of a channel are those that its tenant keeps under `webhook/<channel>`. */
export const channelSecretsOf = (secrets: Pick<KeepSecrets, 'open'>, logger: Logger): ChannelSecrets => ({
  async open(tenantId, channel) {
    try {
      return await secrets.open(tenantId, `webhook/${channel}`);
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      // To whoever sends webhooks it is as if there were none: another answer would tell strangers of the channel.
      logger.error('the secrets of a channel cannot be opened', {
        tenant_id: tenantId,
        channel,
        ...errorFields(error),
      });
      return [];
    }
  },
});
