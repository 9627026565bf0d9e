import { expect, test } from '@jest/globals';
import { hmacKey, hmacSha256, sameDigest, sha256 } from '@ferry/kernel';

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

test('HMAC-SHA256 is that of RFC 4231, however the text is cut', () => {
  const key = hmacKey(Buffer.from('Jefe'));
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  expect(hmacSha256(key, ['what do ya want for nothing?']).toString('hex')).toBe(expected);
  expect(hmacSha256(key, ['what do ya want ', Buffer.from('for nothing?')]).toString('hex')).toBe(expected);
});
