import { beforeEach, describe, expect, test } from '@jest/globals';
import { noWebhooks } from '../src/domain/webhook-tally.js';
import type { WebhookCountLog } from '../src/ports/webhook-counts.js';

const DAY = '2026-02-28';
const tally = { received: 3, created: 5, duplicates: 2, rejected: 1, ms: 40 };

/** What every WebhookCountLog promises. `make` answers one with two tenants that nothing was counted for. */
export function webhookCountLogContract(
  name: string,
  make: () => Promise<{ readonly log: WebhookCountLog; readonly tenants: readonly [string, string] }>,
): void {
  describe(`${name} is a WebhookCountLog`, () => {
    let log: WebhookCountLog;
    let [shop, bank]: readonly string[] = [];
    beforeEach(async () => {
      ({
        log,
        tenants: [shop, bank],
      } = await make());
    });

    test('a day on which nothing came has zeros', async () => {
      expect(await log.read(shop as string, DAY)).toEqual(noWebhooks);
    });

    test('adds to what was counted before, each tenant and day by itself', async () => {
      const tenantId = shop as string;
      await log.record([
        { ...tally, tenantId, day: DAY },
        { ...tally, tenantId, day: '2026-02-27' },
        { ...tally, tenantId: bank as string, day: DAY, received: 7 },
      ]);
      await log.record([{ ...tally, tenantId, day: DAY, ms: 2.6 }]);
      expect(await log.read(tenantId, DAY)).toEqual({ received: 6, created: 10, duplicates: 4, rejected: 2, ms: 43 });
      expect(await log.read(tenantId, '2026-02-27')).toEqual(tally);
      expect(await log.read(bank as string, DAY)).toEqual({ ...tally, received: 7 });
    });

    test('loses nothing when many processes store at once', async () => {
      const [a, b] = [shop as string, bank as string];
      const days = ['2026-02-27', DAY];
      await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          log.record(
            (i % 2 ? [a, b] : [b, a]).flatMap((tenantId) =>
              (i % 3 ? days : days.toReversed()).map((day) => ({ ...tally, tenantId, day })),
            ),
          ),
        ),
      );
      for (const tenantId of [a, b])
        for (const day of days) expect((await log.read(tenantId, day)).received).toBe(16 * tally.received);
    });
  });
}
