import { describe, expect, test } from '@jest/globals';
import { parseChannel, signingKeys, verifySignature, type Signature } from '@ferry/recording';
import { channelFixtures } from '../testing/channel-fixtures.js';
import { A_SECRET, signedHeaders } from '../testing/sign.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const OTHER = 'whsec_C2FVsBQIhrscChlQIMVC2FVsBQIhrscChlQIMV+';
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);

const verdict = (
  signature: Signature,
  headers: Readonly<Record<string, string>>,
  body: string,
  { secrets = [A_SECRET], now = NOW }: { secrets?: readonly string[]; now?: Date } = {},
) =>
  verifySignature(
    signature,
    { header: (name) => headers[name], body: Buffer.from(body) },
    signingKeys(signature, secrets),
    now,
  );

const signatures = channelFixtures.map(({ name, definition, body }) => {
  const result = parseChannel('orders', definition);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return { name, signature: result.channel.signature, body };
});

describe.each(signatures)('a signature of $name', ({ signature, body }) => {
  const headers = signedHeaders(signature, body, A_SECRET, NOW);
  const [carrier = ''] = Object.keys(headers).filter((name) => name.includes('signature'));

  test('proves its body, by whichever of the secrets', () => {
    expect(verdict(signature, headers, body)).toBe('genuine');
    expect(verdict(signature, headers, body, { secrets: [OTHER, A_SECRET] })).toBe('genuine');
    expect(verdict(signature, headers, body, { secrets: [A_SECRET, OTHER] })).toBe('genuine');
  });

  test('proves nothing with another secret, or with none', () => {
    expect(verdict(signature, headers, body, { secrets: [OTHER] })).toBe('wrong-signature');
    expect(verdict(signature, headers, body, { secrets: [] })).toBe('no-secret');
  });

  test('proves no other body', () => {
    expect(verdict(signature, headers, `${body} `)).toBe('wrong-signature');
    expect(verdict(signature, headers, body.replace('1', '9'))).toBe('wrong-signature');
    expect(verdict(signature, headers, '')).toBe('wrong-signature');
  });

  test.each(['', 'x', '=', 'v1,', 'sha256=', '0'.repeat(64), 'A'.repeat(44), '\u00ff'.repeat(64)])(
    'is not %j',
    (given) => {
      expect(['unsigned', 'wrong-signature']).toContain(verdict(signature, { ...headers, [carrier]: given }, body));
    },
  );

  test('must be there', () => {
    expect(verdict(signature, { ...headers, [carrier]: '' }, body)).toBe('unsigned');
    expect(verdict(signature, {}, body)).toBe('unsigned');
  });
});

describe.each(signatures.filter(({ signature }) => JSON.stringify(signature).includes('olerance')))(
  'a time signed with $name',
  ({ signature, body }) => {
    const headers = signedHeaders(signature, body, A_SECRET, NOW);

    test.each([
      [-301, 'untimely'],
      [-300, 'genuine'],
      [0, 'genuine'],
      [300, 'genuine'],
      [301, 'untimely'],
    ])('is seen %i s later: %s', (seconds, expected) => {
      expect(verdict(signature, headers, body, { now: after(seconds) })).toBe(expected);
    });

    test('cannot be changed', () => {
      const [name = ''] = Object.keys(headers).filter((one) => one.includes('timestamp'));
      for (const time of [String(Math.floor(after(900).getTime() / 1_000)), '', 'now', 'NaN'])
        expect(verdict(signature, { ...headers, [name]: time }, body, { now: after(900) })).toBe('wrong-signature');
    });
  },
);

const standard = { scheme: 'standard-webhooks', toleranceSeconds: 300 } as const;

test('Standard Webhooks: the example of its reference libraries', () => {
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const now = new Date(1_614_265_330_000);
  expect(verdict(standard, headers, '{"test": 2432232314}', { now })).toBe('genuine');
  const two = { ...headers, 'webhook-signature': `v1a,x v2,y v1,${'A'.repeat(43)}= ${headers['webhook-signature']}` };
  expect(verdict(standard, two, '{"test": 2432232314}', { now })).toBe('genuine');
  expect(verdict(standard, { ...headers, 'webhook-id': '' }, '{"test": 2432232314}', { now })).toBe('unsigned');
});

test.each(['', 'whsec_', 'whsec_!!!!', 'whsec_AAAA', 'short'])('%j is too short to prove anything', (secret) => {
  for (const { signature, body } of signatures) {
    const headers = signedHeaders(signature, body, secret, NOW);
    expect(verdict(signature, headers, body, { secrets: [secret] })).toBe('no-secret');
  }
});

test('no scheme proves nothing', () => {
  expect(verdict({ scheme: 'none' }, {}, '{}')).toBe('unsigned');
});
