import { CHANNEL_NAME } from '@ferry/recording';
import type { Schema } from '../../../http/rules.js';

/** The name of a channel in a path. */
export const channelParam: Readonly<Record<string, Schema>> = {
  channel: { type: 'string', pattern: CHANNEL_NAME.source, example: 'bank' },
};
