import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import {
  Authenticator,
  authenticatorDefaults,
  formatKeyText,
  newKeyText,
  RecordKeyUses,
  revokeKey,
  type KeyDirectory,
  type KeyUse,
  type Principal,
  type Tenant,
} from '@ferry/tenancy';
import { aKey, AT, newTenant } from '../testing/builders.js';
import { InMemoryTenancy } from '../testing/tenancy-store.js';

const ADDRESS = '192.0.2.1';
/** No store answers in the turn in which it was asked. */
const aTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('authentication', () => {
  let store: InMemoryTenancy;
  let tenant: Tenant;
  let asked: string[][];
  let delayMs: number;
  let away: boolean;
  /** Passes when a test says so, and not because the machine pauses. */
  let nowMs: number;
  let directory: KeyDirectory;
  beforeEach(async () => {
    store = new InMemoryTenancy();
    tenant = await newTenant(store);
    asked = [];
    delayMs = 0;
    away = false;
    nowMs = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    directory = {
      lookUp: async (prefixes) => {
        asked.push([...prefixes]);
        if (away) throw new Unavailable('postgres');
        const found = await store.keyDirectory.lookUp(prefixes);
        await aTurn();
        nowMs += delayMs;
        return found;
      },
    };
  });
  afterEach(() => void jest.restoreAllMocks());
  const made = async (grant: Parameters<typeof aKey>[1] = {}) => {
    const text = newKeyText('live');
    const key = aKey(tenant, grant, text);
    await store.keys.add(tenant.id, [key], []);
    return { key, text, presented: formatKeyText(text) };
  };
  const authenticator = (options = {}): Authenticator =>
    new Authenticator(directory, { ...authenticatorDefaults, ...options });

  test('a key leads to its tenant and what it may do', async () => {
    const { key, presented } = await made({
      scopes: ['payments:write'],
      businessUnitId: 'default',
      requestsPerMinute: 5,
    });
    expect(await authenticator().authenticate(presented, ADDRESS, AT)).toEqual({
      principal: {
        tenantId: tenant.id,
        tenantStatus: 'ACTIVE',
        mode: 'live',
        kind: 'key',
        id: key.id,
        businessUnitId: 'default',
        scopes: new Set(['payments:write']),
        requestsPerMinute: 5,
      },
    });
  });

  test('every refusal has its reason, and none tells a secret', async () => {
    const { text, key } = await made();
    const other = formatKeyText({ ...text, secret: newKeyText('live').secret });
    const unknown = newKeyText('live');
    const expired = await made({ expiresAt: AT });
    const elsewhere = await made({ allowedRanges: ['10.0.0.0/8'] });
    const revoked = await made();
    await store.keys.change(tenant.id, revoked.key.id, (one) => ({ key: revokeKey(one, AT), audit: [] }));
    const one = authenticator();
    const refusal = (presented: string | undefined) => one.authenticate(presented, ADDRESS, AT);
    expect(await refusal(undefined)).toEqual({ refusal: 'no-key' });
    expect(await refusal('Bearer nonsense')).toEqual({ refusal: 'malformed' });
    expect(await refusal(formatKeyText(unknown))).toEqual({ refusal: 'unknown', prefix: unknown.prefix });
    const known = { tenantId: tenant.id };
    expect(await refusal(other)).toEqual({ refusal: 'wrong-secret', prefix: key.prefix, ...known });
    expect(await refusal(expired.presented)).toEqual({ refusal: 'expired', prefix: expired.key.prefix, ...known });
    expect(await refusal(elsewhere.presented)).toEqual({ refusal: 'address', prefix: elsewhere.key.prefix, ...known });
    expect(await refusal(revoked.presented)).toEqual({ refusal: 'revoked', prefix: revoked.key.prefix, ...known });
  });

  test('what cannot be a key costs no look-up', async () => {
    await authenticator().authenticate('fk_live_guess', ADDRESS, AT);
    expect(asked).toEqual([]);
  });

  test('a thousand requests share a look-up; a hundred keys share one too', async () => {
    const one = authenticator();
    const { presented, key } = await made();
    await Promise.all(Array.from({ length: 1_000 }, () => one.authenticate(presented, ADDRESS, AT)));
    expect(asked).toEqual([[key.prefix]]);
    const others = await Promise.all(Array.from({ length: 100 }, () => made()));
    const answers = await Promise.all(others.map((other) => one.authenticate(other.presented, ADDRESS, AT)));
    expect(answers.map((answer) => 'principal' in answer && answer.principal.id)).toEqual(
      others.map(({ key: { id } }) => id),
    );
    expect(asked).toHaveLength(2);
  });

  test('a revocation is effective when the answer that was held has aged', async () => {
    const one = authenticator({ holdMs: 60 });
    const { presented, key } = await made();
    await one.authenticate(presented, ADDRESS, AT);
    await store.keys.change(tenant.id, key.id, (before) => ({ key: revokeKey(before, AT), audit: [] }));
    nowMs += 61;
    expect(await one.authenticate(presented, ADDRESS, AT)).toMatchObject({ refusal: 'revoked' });
  });

  test('an answer ages from when it was asked for: one that comes too late is none', async () => {
    const { presented } = await made();
    delayMs = 41;
    await expect(authenticator({ holdMs: 40 }).authenticate(presented, ADDRESS, AT)).rejects.toThrow(Unavailable);
  });

  test('the promise of a second holds by default', () => {
    expect(authenticatorDefaults.holdMs).toBeLessThanOrEqual(1_000);
  });

  test('guesses are remembered, in a bounded number, and drive no real key out', async () => {
    const one = authenticator({ rememberedMax: 10, holdMs: 10_000 });
    const { presented, key } = await made();
    await one.authenticate(presented, ADDRESS, AT);
    const guesses = Array.from({ length: 50 }, () => formatKeyText(newKeyText('live')));
    for (const guess of [...guesses, guesses.at(-1), presented]) await one.authenticate(guess, ADDRESS, AT);
    expect(asked).toHaveLength(51);
    expect(asked.flat().filter((prefix) => prefix === key.prefix)).toHaveLength(1);
    await one.authenticate(guesses[0], ADDRESS, AT);
    expect(asked).toHaveLength(52);
  });

  test('a directory that is away is said so, and asked again', async () => {
    const { presented } = await made();
    const one = authenticator();
    away = true;
    await expect(one.authenticate(presented, ADDRESS, AT)).rejects.toThrow(Unavailable);
    away = false;
    expect(await one.authenticate(presented, ADDRESS, AT)).toHaveProperty('principal');
  });
});

describe('uses of keys', () => {
  const principal = (id: string, kind: Principal['kind'] = 'key'): Principal => ({
    businessUnitId: undefined,
    tenantId: 't',
    tenantStatus: 'ACTIVE',
    mode: 'live',
    kind,
    id,
    scopes: new Set(),
  });
  let stored: KeyUse[][];
  let failing: boolean;
  let now: Date;
  let uses: RecordKeyUses;
  beforeEach(() => {
    [stored, failing, now] = [[], false, AT];
    const record = (batch: readonly KeyUse[]): Promise<void> => {
      if (failing) return Promise.reject(new Unavailable('postgres'));
      stored.push([...batch]);
      return Promise.resolve();
    };
    uses = new RecordKeyUses({ record }, { now: () => now });
  });
  const use = (keyId: string, requests: number, lastUsedAt = now) => ({ tenantId: 't', keyId, requests, lastUsedAt });

  test('are stored together, once, and only those of keys', async () => {
    for (const id of ['a', 'b', 'a']) uses.note(principal(id));
    uses.note(principal('ada', 'person'));
    await uses.run();
    await uses.run();
    expect(stored).toEqual([[use('a', 2), use('b', 1)]]);
  });

  test('count for the day on which they came', async () => {
    uses.note(principal('a'));
    const before = now;
    now = new Date(AT.getTime() + 60_000);
    uses.note(principal('a'));
    await uses.run();
    expect(stored).toEqual([[use('a', 1, before), use('a', 1)]]);
  });

  test('that could not be stored wait for the next round', async () => {
    uses.note(principal('a'));
    failing = true;
    const round = uses.run();
    uses.note(principal('a'));
    await expect(round).rejects.toThrow(Unavailable);
    failing = false;
    await uses.run();
    expect(stored).toEqual([[use('a', 2)]]);
  });
});
