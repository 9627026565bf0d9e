import type { HttpDeps } from '../../deps.js';
import type { Route } from '../../http/route.js';
import { channelLines } from './lines/channels.js';
import { rejectedLines } from './lines/rejected.js';
import { senderLines } from './lines/senders.js';

/** Webhooks come in; channels say how they are read; what could not be read waits. */
export const webhookRoutes = (deps: HttpDeps): readonly Route[] => [
  ...senderLines(deps),
  ...[...channelLines(deps.webhooks), ...rejectedLines(deps.webhooks)].map((line): Route => ({
    ...line,
    for: 'tenant',
    tag: 'Recorded payments',
  })),
];
