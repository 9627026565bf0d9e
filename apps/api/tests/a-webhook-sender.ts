import { parseChannel, type Channel, type JsonValue } from '@ferry/recording';
import { A_SECRET, nestedJson, signedHeaders, type ChannelFixture } from '@ferry/recording/testing';
import { aKeyedApi } from './a-keyed-api.js';

export const SHOP = 'shop';
export const THIEF = 'thief';
/** Of the thief: another secret under the same name. */
export const THIEFS_SECRET = 'whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBhIHRoaWVm';
const operator = { actor: { kind: 'operator', id: 'ada' } } as const;

export const channelOf = (definition: JsonValue, name = 'orders'): Channel => {
  const result = parseChannel(name, definition);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.channel;
};

interface Sent {
  readonly tenant?: string | undefined;
  readonly channel?: string;
  readonly body?: string;
  /** What is signed, if it is something else than what is sent. */
  readonly signedBody?: string;
  readonly secret?: string;
  /** Seconds from now. */
  readonly signedAt?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Two tenants with a channel `orders` each, read and signed as the fixture says, and its sender. */
export async function aWebhookSender(
  fixture: ChannelFixture = nestedJson,
  options: Parameters<typeof aKeyedApi>[0] = {},
) {
  const api = await aKeyedApi(options);
  await api.tenancy.onboardTenant.execute(THIEF, 'Thief', operator);
  const key = await api.issue();
  const authorised = { Authorization: `Bearer ${key}` };
  const { configureChannels } = api.deps.webhooks;
  const declare = async (definition: JsonValue, channel = 'orders', tenant = SHOP): Promise<void> => {
    const seen = await api.deps.webhooks.channels.find(tenant, channel);
    const { outcome } = await configureChannels.save(
      tenant,
      channel,
      definition,
      seen?.channel ? seen.version : 0,
      operator,
    );
    if (outcome !== 'saved') throw new Error(outcome);
  };
  const keepSecret = (secret: string, overlapMs = 0, tenant = SHOP, channel = 'orders') =>
    api.tenancy.keepSecrets.add(tenant, `webhook/${channel}`, secret, overlapMs, operator);
  for (const [tenant, secret] of [
    [SHOP, A_SECRET],
    [THIEF, THIEFS_SECRET],
  ] as const) {
    await declare(fixture.definition, 'orders', tenant);
    await keepSecret(secret, 0, tenant);
  }
  const { signature } = channelOf(fixture.definition);
  const post = ({ tenant = SHOP, channel = 'orders', body = fixture.body, ...sent }: Sent = {}) => {
    const at = new Date(Date.now() + (sent.signedAt ?? 0) * 1_000);
    return api.call
      .post(`/api/v1/payments/webhook/${channel}`)
      .set({
        'Content-Type': fixture.contentType,
        'X-Tenant-Id': tenant,
        ...signedHeaders(signature, sent.signedBody ?? body, sent.secret ?? A_SECRET, at),
        ...sent.headers,
      })
      .send(body);
  };
  const recordedOf = (tenantId = SHOP) => api.recorded.list(tenantId, { limit: 2_000 });
  const rejectedOf = (tenantId = SHOP) => api.deps.webhooks.rejected.list(tenantId, { limit: 100 });
  return { ...api, key, authorised, declare, keepSecret, post, recordedOf, rejectedOf };
}
