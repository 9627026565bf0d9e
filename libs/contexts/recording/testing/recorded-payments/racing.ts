import { describe, expect, test } from '@jest/globals';
import type { RecordedPaymentId, Recording, TenantId } from '../../src/domain/recorded-payment.js';
import type { RecordOutcome } from '../../src/ports/recorded-payments.js';
import { aRecording } from '../builders.js';
import type { RecordingStore } from '../recording-store.js';

const CALLERS = 16;
const REFERENCES = 20;
const ROUNDS = 5;
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

interface Told {
  readonly recording: Recording;
  readonly outcome: RecordOutcome | undefined;
}

export function racing(store: () => RecordingStore, tenantId: () => TenantId): void {
  /** Each caller has the reference numbers in an order of its own, and not always all of them. */
  async function race(references: readonly string[]): Promise<readonly Told[]> {
    const callers = times(CALLERS, async (caller) => {
      const createdAt = new Date();
      const mine = new Set(references.map((_, i) => references[(i * (2 * caller + 1)) % references.length] ?? ''));
      const batch = [...mine].map((referenceNumber) =>
        aRecording({ tenantId: tenantId(), createdAt, referenceNumber }),
      );
      const outcomes = await store().payments.record(tenantId(), batch);
      return batch.map((recording, i) => ({ recording, outcome: outcomes[i] }));
    });
    return (await Promise.all(callers)).flat();
  }

  const createdOf = (told: readonly Told[]): Map<string, RecordedPaymentId> =>
    new Map(
      told
        .filter(({ outcome }) => outcome?.outcome === 'created')
        .map(({ recording: { payment } }) => [payment.referenceNumber, payment.id]),
    );

  function expectDuplicatesOf(holders: ReadonlyMap<string, RecordedPaymentId>, told: readonly Told[]): void {
    for (const { recording, outcome } of told)
      if (outcome?.outcome !== 'created')
        expect(outcome).toEqual({ outcome: 'duplicate', paymentId: holders.get(recording.payment.referenceNumber) });
  }

  describe('races', () => {
    test('callers with the same reference numbers in different orders: each is created once, and all are told by whom', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const references = times(REFERENCES, (i) => `r-${round}-${i}`);
        const told = await race(references);
        const created = told.filter(({ outcome }) => outcome?.outcome === 'created');
        expect(created.map(({ recording }) => recording.payment.referenceNumber).sort()).toEqual(references.sort());
        expectDuplicatesOf(createdOf(told), told);
      }
      expect(await store().outbox(tenantId())).toHaveLength(ROUNDS * REFERENCES);
      expect(await store().payments.list(tenantId(), { limit: 1_000 })).toHaveLength(ROUNDS * REFERENCES);
    });

    test('while references are forgotten, nothing is recorded a second time', async () => {
      const references = times(REFERENCES, (i) => `r-${i}`);
      const holders = createdOf(await race(references));
      for (let round = 0; round < ROUNDS; round += 1) {
        const halves = [references.slice(0, REFERENCES / 2), references.slice(REFERENCES / 2)];
        const [told] = await Promise.all([
          race(references),
          ...halves.map((half) => store().forget(tenantId(), half)),
          ...times(CALLERS, async () => {
            const held = await store().payments.holders(tenantId(), references);
            expect(held).toEqual(references.map((reference) => holders.get(reference)));
          }),
        ]);
        expect([...createdOf(told).keys()]).toEqual([]);
        expectDuplicatesOf(holders, told);
      }
      expect(await store().outbox(tenantId())).toHaveLength(REFERENCES);
    });
  });
}
