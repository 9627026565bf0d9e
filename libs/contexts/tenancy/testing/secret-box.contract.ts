import { describe, expect, test } from '@jest/globals';
import { CannotOpen, type SealedText, type SecretBox } from '../src/ports/secret-box.js';

/** What every SecretBox promises. `make` gives one that seals with the key of this name, and opens with all of them. */
export function secretBoxContract(name: string, make: (keyId: string) => SecretBox): void {
  describe(`${name} is a SecretBox`, () => {
    const texts = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'π\u0000', ''];
    const items = texts.map((text, i) => ({ text, context: `context ${i}` }));
    const opened = (seals: readonly SealedText[]) => seals.map((sealed, i) => ({ sealed, context: `context ${i}` }));

    test('what was sealed is opened, by a box that seals with another key too', async () => {
      const seals = await make('k1').seal(items);
      expect(seals.map(({ keyId }) => keyId)).toEqual(['k1', 'k1', 'k1']);
      expect(await make('k1').open(opened(seals))).toEqual(texts);
      expect(await make('k2').open(opened(seals))).toEqual(texts);
    });

    test('the same text is sealed differently each time, and is not to be seen', async () => {
      const same = await make('k1').seal([items[0], items[0]].map((item) => item as (typeof items)[number]));
      expect(same[0]?.box).not.toBe(same[1]?.box);
      expect(Buffer.from(same[0]?.box ?? '', 'base64').toString('latin1')).not.toContain('whsec');
    });

    test('another context, an altered box and an unknown key do not open', async () => {
      const [sealed] = (await make('k1').seal(items)) as [SealedText];
      const altered = Buffer.from(sealed.box, 'base64');
      altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
      for (const item of [
        { sealed, context: 'context 1' },
        { sealed: { ...sealed, box: altered.toString('base64') }, context: 'context 0' },
        { sealed: { ...sealed, box: '' }, context: 'context 0' },
        { sealed: { ...sealed, keyId: 'k2' }, context: 'context 0' },
        { sealed: { ...sealed, keyId: 'lost' }, context: 'context 0' },
      ])
        await expect(make('k1').open([item])).rejects.toThrow(CannotOpen);
    });
  });
}
