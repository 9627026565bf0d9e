import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { SeenReferences } from '../src/ports/seen-references.js';
import { aReferenceNumber, aTenant } from './builders.js';

const held = (referenceNumber: string, paymentId = newId()) => ({ referenceNumber, paymentId });

/** What every SeenReferences promises while it has room and its backing service is there: for what it loses it promises nothing. */
export function seenReferencesContract(name: string, make: () => Promise<SeenReferences>): void {
  describe(`${name} is a SeenReferences`, () => {
    let seen: SeenReferences;
    const tenantId = aTenant();
    beforeEach(async () => {
      seen = await make();
    });

    test('what was remembered is found, each in its place', async () => {
      const [one, two] = [held(aReferenceNumber()), held(aReferenceNumber())];
      await seen.remember(tenantId, [one, two]);
      const asked = [two.referenceNumber, aReferenceNumber(), one.referenceNumber, two.referenceNumber];
      expect(await seen.find(tenantId, asked)).toEqual([two.paymentId, undefined, one.paymentId, two.paymentId]);
    });

    test('what was forgotten is not, and of the rest nothing is lost', async () => {
      const [one, two] = [held(aReferenceNumber()), held(aReferenceNumber())];
      await seen.remember(tenantId, [one, two]);
      await seen.forget(tenantId, [one.referenceNumber, aReferenceNumber()]);
      const found = await seen.find(tenantId, [one.referenceNumber, two.referenceNumber]);
      expect(found).toEqual([undefined, two.paymentId]);
    });

    test('what is remembered anew is found as it is now', async () => {
      const one = held(aReferenceNumber());
      const anew = held(one.referenceNumber);
      await seen.remember(tenantId, [one]);
      await seen.remember(tenantId, [anew]);
      expect(await seen.find(tenantId, [one.referenceNumber])).toEqual([anew.paymentId]);
    });

    test('tenants have nothing to do with each other', async () => {
      const one = held(aReferenceNumber());
      const [other, third] = [aTenant(), aTenant()];
      await seen.remember(tenantId, [one]);
      await seen.remember(other, [held(one.referenceNumber)]);
      await seen.forget(other, [one.referenceNumber]);
      for (const stranger of [other, third])
        expect(await seen.find(stranger, [one.referenceNumber])).toEqual([undefined]);
      expect(await seen.find(tenantId, [one.referenceNumber])).toEqual([one.paymentId]);
    });

    test('references may be anything, and are compared to the letter', async () => {
      const references = [
        'a b',
        'a:b',
        'A b',
        ' a b',
        '{*}?',
        '支付',
        'é',
        'e\u0301',
        'x'.repeat(255),
        'x'.repeat(254),
      ];
      const all = references.map((reference) => held(reference));
      await seen.remember(tenantId, all);
      expect(await seen.find(tenantId, references)).toEqual(all.map(({ paymentId }) => paymentId));
    });

    test('a thousand are remembered and found at once', async () => {
      const all = Array.from({ length: 1_000 }, () => held(aReferenceNumber()));
      await seen.remember(tenantId, all);
      const references = all.map(({ referenceNumber }) => referenceNumber);
      expect(await seen.find(tenantId, references)).toEqual(all.map(({ paymentId }) => paymentId));
    });

    test('nothing is nothing', async () => {
      await seen.remember(tenantId, []);
      await seen.forget(tenantId, []);
      expect(await seen.find(tenantId, [])).toEqual([]);
    });
  });
}
