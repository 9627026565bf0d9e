import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import type { Client, Reply } from '../../harness/client.js';
import { startKeyedApi, type KeyedApi } from '../../harness/keyed-api.js';

const PAYMENTS = '/api/v1/payments';
const KEYS = '/api/v1/keys';

/** Two tenants, and an api as a process that asks for keys. */
describe('access', () => {
  let keyed: KeyedApi;
  let a: Client;
  let b: Client;
  beforeAll(async () => {
    keyed = await startKeyedApi(['a', 'b']);
    a = keyed.as('a');
    b = keyed.as('b');
  });
  afterAll(() => keyed?.stop());

  const makeKey = async (given: object = {}): Promise<{ readonly id: string; readonly secret: string }> => {
    const { status, body } = await a.post(KEYS, { name: 'k', scopes: ['payments:read'], ...given });
    expect(status).toBe(201);
    return { id: body.key.id, secret: body.secret_key };
  };

  /** Asks until the answer is as it should become. */
  const until = async (ask: () => Promise<Reply>, status: number): Promise<Reply> => {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const reply = await ask();
      if (reply.status === status) return reply;
      if (performance.now() > deadline) throw new Error(`still ${reply.status}: ${reply.text}`);
      await sleep(50);
    }
  };

  test('a revocation is effective within a second', async () => {
    const { id, secret } = await makeKey();
    const held = keyed.as(secret);
    expect((await held.get(PAYMENTS)).status).toBe(200);
    expect((await a.post(`${KEYS}/${id}/revoke`)).status).toBe(200);
    const revoked = performance.now();
    let lastLetIn = revoked;
    while (performance.now() - revoked < 1_500) {
      const asked = performance.now();
      if ((await held.get(PAYMENTS)).status === 200) lastLetIn = asked;
      await sleep(50);
    }
    // By when it was asked: an answer that took long does not count as late.
    expect(lastLetIn - revoked).toBeLessThan(1_000);
    expect((await held.get(PAYMENTS)).status).toBe(401);
  });

  test('a key without its scope, or of a suspended tenant, is told so and changes nothing', async () => {
    const reader = keyed.as((await makeKey()).secret);
    expect((await reader.pay('not-mine-to-make')).body.code).toBe('insufficient-scope');
    await keyed.ferry('tenants', 'suspend', 'b');
    expect((await until(() => b.pay(`s-${performance.now()}`), 403)).body.code).toBe('tenant-suspended');
    expect((await b.get(PAYMENTS)).status).toBe(200);
    await keyed.ferry('tenants', 'resume', 'b');
    await until(() => b.pay('resumed'), 201);
    expect((await a.get(`${PAYMENTS}?reference=not-mine-to-make`)).body.data).toEqual([]);
    expect((await b.get(`${PAYMENTS}?reference=resumed`)).body.data).toHaveLength(1);
  });

  test('the audit log tells who, from where, in which request, and no secret', async () => {
    const { id, secret } = await makeKey();
    const { text } = await a.get('/api/v1/audit');
    const entries = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.at(-1)).toMatchObject({
      action: 'key.created',
      actor: { kind: 'key' },
      address: '127.0.0.1',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      after: { id },
    });
    const hidden = [secret, keyed.keyOf('a'), keyed.keyOf('b')].map((one) => one.split('_')[3] as string);
    for (const one of hidden) {
      expect(text).not.toContain(one);
      expect(JSON.stringify(keyed.api.lines)).not.toContain(one);
    }
  });

  test('a configuration is saved once for each version', async () => {
    const put = (version: number, config: object) => a.put('/api/v1/config', { version, config });
    const { version } = (await a.get('/api/v1/config')).body as { version: number };
    expect((await put(version, { limits: { payments_per_day: 1_000_000 } })).status).toBe(200);
    expect((await put(version, {})).body.code).toBe('version-conflict');
    expect((await put(version + 1, { limits: { payments_per_day: 0 } })).text).toContain(
      'config.limits.payments_per_day',
    );
  });
});
