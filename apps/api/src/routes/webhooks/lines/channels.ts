import { bodyProblems } from '../../tenancy/shared.js';
import type { Line } from '../../tenancy/lines/line.js';
import { ChannelList, ChannelView, TrialView } from '../answers.js';
import { listChannels, putChannel, readChannel, removeChannel, tryChannel } from '../channels.js';
import type { WebhookDeps } from '../deps.js';
import { PutChannelBody, TryChannelBody } from '../dto.js';
import { bankBody, channelExamples } from '../examples.js';
import { channelParam } from './channel-param.js';

const ONE = '/api/v1/channels/:channel';
const view = (description: string) => ({ 200: { description, body: ChannelView } });

/** How the bodies of outside systems are read, and what proves them. */
export const channelLines = (deps: WebhookDeps): readonly Line[] => [
  {
    scope: 'config:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/channels',
    operationId: 'listChannels',
    summary: 'List channels',
    answers: { 200: { description: 'All of them.', body: ChannelList } },
    problems: [],
    handle: (_context, principal) => listChannels(deps, principal),
  },
  {
    scope: 'config:read',
    reach: 'unit',
    method: 'get',
    path: ONE,
    params: channelParam,
    operationId: 'readChannel',
    summary: 'Read a channel',
    answers: view('The newest version.'),
    problems: ['channel-not-found'],
    handle: (context, principal) => readChannel(deps, context, principal),
  },
  {
    scope: 'config:write',
    reach: 'tenant',
    method: 'put',
    path: ONE,
    params: channelParam,
    operationId: 'putChannel',
    summary: 'Declare a channel, or replace its definition',
    description: 'Counts within a second. Its secret is kept under the name `webhook/<channel>`.',
    body: { dto: PutChannelBody, required: true, examples: channelExamples },
    answers: view('Saved as the next version.'),
    problems: [...bodyProblems, 'version-conflict', 'too-many-channels'],
    handle: (context, principal) => putChannel(deps, context, principal),
  },
  {
    scope: 'config:write',
    reach: 'tenant',
    method: 'post',
    path: `${ONE}/dry-run`,
    params: channelParam,
    operationId: 'tryChannel',
    summary: 'See what a body would become, and record nothing',
    body: {
      dto: TryChannelBody,
      required: true,
      examples: { bank: { body: JSON.stringify(bankBody), content_type: 'application/json' } },
    },
    answers: { 200: { description: 'Each payment, or what is wrong with it.', body: TrialView } },
    problems: [...bodyProblems, 'channel-not-found'],
    handle: (context, principal) => tryChannel(deps, context, principal),
  },
  {
    scope: 'config:write',
    reach: 'tenant',
    method: 'delete',
    path: ONE,
    params: channelParam,
    operationId: 'removeChannel',
    summary: 'Remove a channel',
    answers: view('Removed within a second; its last version.'),
    problems: ['channel-not-found', 'version-conflict'],
    handle: (context, principal) => removeChannel(deps, context, principal),
  },
];
