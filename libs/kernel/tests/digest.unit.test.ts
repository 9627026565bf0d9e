import { expect, test } from '@jest/globals';
import { sameDigest, sha256 } from '@ferry/kernel';

test('sha256 is that of FIPS 180-4', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test.each([
  [sha256('a'), sha256('a'), true],
  [sha256('a'), sha256('b'), false],
  [sha256('a'), sha256('a').slice(1), false],
  [sha256('a'), '', false],
])('%s and %s: %s', (one, other, same) => {
  expect(sameDigest(one, other)).toBe(same);
});
