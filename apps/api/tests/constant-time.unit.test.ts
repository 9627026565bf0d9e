import { describe, expect, jest, test } from '@jest/globals';

const crypto = await import('node:crypto');
const compared: (readonly [number, number])[] = [];
jest.unstable_mockModule('node:crypto', () => ({
  ...crypto,
  timingSafeEqual: (one: Buffer, other: Buffer) => {
    compared.push([one.length, other.length]);
    return crypto.timingSafeEqual(one, other);
  },
}));
const { Authenticator, formatKeyText, makeKey, makeTenants, newKeyText } = await import('@ferry/tenancy');
const { newId } = await import('@ferry/kernel');

const COMPARISONS = 100_000;
const ADDRESS = '192.0.2.1';
const now = new Date();

/** RELIABILITY A3: how long a refusal takes says nothing of how much of a key was right. */
describe('comparing keys', () => {
  const { live: tenant } = makeTenants('shop', 'Shop', now);
  const text = newKeyText('live');
  const key = makeKey(tenant, newId(now), text, { name: 'a', scopes: ['payments:read'], allowedRanges: [] }, now);
  const authenticator = new Authenticator(
    {
      lookUp: (prefixes) => Promise.resolve(prefixes.map((one) => (one === key.prefix ? { key, tenant } : undefined))),
    },
    { holdMs: 60_000, rememberedMax: 100, batchMax: 10, waitingMax: 10 },
  );
  const rightPrefix = formatKeyText({ ...text, secret: newKeyText('live').secret });
  const wrongPrefix = formatKeyText(newKeyText('live'));
  const refusalOf = async (presented: string): Promise<unknown> => {
    const answer = await authenticator.authenticate(presented, ADDRESS, now);
    return 'refusal' in answer ? answer.refusal : 'in';
  };

  test('a right and a wrong prefix go the same way: one comparison in constant time, of digests', async () => {
    for (const [presented, refusal] of [
      [rightPrefix, 'wrong-secret'],
      [wrongPrefix, 'unknown'],
      [
        formatKeyText({ ...text, secret: `${text.secret.slice(0, -1)}${text.secret.endsWith('0') ? '1' : '0'}` }),
        'wrong-secret',
      ],
      [formatKeyText(text), 'in'],
    ] as const) {
      compared.length = 0;
      expect(await refusalOf(presented)).toBe(refusal);
      expect(compared).toEqual([[64, 64]]);
    }
  });

  test('and take the same time, within one sigma', async () => {
    const times: Record<string, number[]> = { [rightPrefix]: [], [wrongPrefix]: [] };
    // In turn, each first as often as the other: whatever else the machine does happens to both.
    for (let i = 0; i < COMPARISONS; i += 1)
      for (const presented of i % 2 === 0 ? [rightPrefix, wrongPrefix] : [wrongPrefix, rightPrefix]) {
        const started = performance.now();
        await authenticator.authenticate(presented, ADDRESS, now);
        times[presented]?.push(performance.now() - started);
      }
    const [right, wrong] = [times[rightPrefix] ?? [], times[wrongPrefix] ?? []];
    const apart = Math.abs(median(right) - median(wrong));
    process.stderr.write(
      `A3: ${COMPARISONS} comparisons each: median ${us(median(right))} and ${us(median(wrong))}, sigma ${us(sigma(right))} and ${us(sigma(wrong))}\n`,
    );
    // A tenth of one comparison, so that a machine without any noise does not tell two look-ups in a map apart.
    const least = median(right) / 10;
    expect(apart).toBeLessThan(Math.max(least, Math.min(sigma(right), sigma(wrong))));
  }, 120_000);
});

const us = (ms: number): string => `${(ms * 1_000).toFixed(2)} µs`;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

/** From the median of the deviations: a pause of the machine must not make everything look alike. */
const sigma = (values: readonly number[]): number => {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
};
