import type { JsonValue } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { Problem } from '../../http/problem.js';
import type { RequestContext } from '../../http/request-context.js';
import { badField, occasionOf, plain, readBody } from '../tenancy/shared.js';
import { channelView, triedJson } from './answers.js';
import type { WebhookDeps } from './deps.js';
import { PutChannelBody, TryChannelBody } from './dto.js';
import { badDefinition, unreadable } from './faults.js';

const missing = (): Problem => new Problem('channel-not-found', 'The tenant has declared no such channel.');

/** `GET /api/v1/channels`, in order of names: there are never more than a page of them. */
export const listChannels = async ({ channels }: WebhookDeps, { tenantId }: Principal): Promise<Answer> =>
  json(200, { data: (await channels.list(tenantId)).map(channelView) });

/** `GET /api/v1/channels/:channel`. */
export async function readChannel(deps: WebhookDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const stored = await deps.channels.find(principal.tenantId, context.param('channel'));
  if (!stored?.channel) throw missing();
  return json(200, channelView(stored));
}

/** `PUT /api/v1/channels/:channel`: the whole of it, in the place of the version that the client has seen. */
export async function putChannel(deps: WebhookDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { version, definition } = await readBody(PutChannelBody, context);
  const [name, seen, wanted] = [context.param('channel'), Number(version.text), plain(definition) as JsonValue];
  const occasion = occasionOf(context, principal);
  const result = await deps.configureChannels.save(principal.tenantId, name, wanted, seen, occasion);
  switch (result.outcome) {
    case 'saved':
      return json(200, channelView(result.stored));
    case 'conflict':
      throw new Problem('version-conflict', `The channel is at version ${result.version}.`);
    case 'bad-definition':
      throw badDefinition(result.faults);
    case 'too-many':
      throw new Problem('too-many-channels', 'The tenant has as many channels as it may have.');
    case 'bad-name':
      throw badField('channel', 'characters', 'must have 1 to 40 of a-z, 0-9 and hyphens, a letter first');
  }
}

/** `DELETE /api/v1/channels/:channel`. */
export async function removeChannel(deps: WebhookDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const occasion = occasionOf(context, principal);
  const result = await deps.configureChannels.remove(principal.tenantId, context.param('channel'), occasion);
  if (result.outcome === 'removed') return json(200, channelView(result.stored));
  if (result.outcome === 'missing') throw missing();
  throw new Problem('version-conflict', 'The channel was changed at the same time.');
}

/** `POST /api/v1/channels/:channel/dry-run`. */
export async function tryChannel(deps: WebhookDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { body, content_type: contentType = 'application/json', definition } = await readBody(TryChannelBody, context);
  const wanted = definition === undefined ? undefined : (plain(definition) as JsonValue);
  const trial = { body, contentType, definition: wanted };
  const result = await deps.tryChannel.execute(principal.tenantId, context.param('channel'), trial);
  if (result.outcome === 'missing') throw missing();
  if (result.outcome === 'bad-definition') throw badDefinition(result.faults);
  const { read } = result;
  if ('reason' in read) throw unreadable(read);
  return json(200, { is_list: read.isList, payments: read.payments.map(triedJson) });
}
