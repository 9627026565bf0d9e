import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { AesGcmSecretBox, BadEncryptionKeys, NoKeysSecretBox, readKeys } from '@ferry/encryption';
import { secretBoxContract } from '@ferry/tenancy/testing';

const keys = ['k1', 'k2'].map((id) => ({ id, bytes: randomBytes(32) }));
secretBoxContract('AesGcmSecretBox', (keyId) => new AesGcmSecretBox([...keys].sort((a) => (a.id === keyId ? -1 : 1))));

const good = randomBytes(32).toString('base64');

test('keys are read, the first one first', () => {
  const read = readKeys(`k2:${good}, k1:${randomBytes(32).toString('base64')}`);
  expect(read.map(({ id }) => id)).toEqual(['k2', 'k1']);
  expect(read[0]?.bytes.toString('base64')).toBe(good);
});

test.each([
  '',
  good,
  `k1:${good.slice(1)}`,
  `k1:${randomBytes(16).toString('base64')}`,
  `K1:${good}`,
  `k1:${good},k1:${good}`,
  `k1:${good},`,
])('%#: wrong keys are refused, and not repeated', (text) => {
  let message = '';
  try {
    readKeys(text);
  } catch (error) {
    expect(error).toBeInstanceOf(BadEncryptionKeys);
    ({ message } = error as Error);
  }
  expect(message).toMatch(/^must /);
  expect(message).not.toContain(good.slice(1, 10));
});

test('without keys nothing is sealed, and nothing but nothing is opened', async () => {
  await expect(new NoKeysSecretBox().seal()).rejects.toThrow(/no encryption keys/);
  await expect(new NoKeysSecretBox().open([{}])).rejects.toThrow(/no encryption keys/);
  expect(await new NoKeysSecretBox().open([])).toEqual([]);
});
