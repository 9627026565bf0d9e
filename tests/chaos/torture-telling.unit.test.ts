import { describe, expect, test } from '@jest/globals';
import { parseChannel, readWebhook, signingKeys, verifySignature, type JsonValue } from '@ferry/recording';
import { outsideSystems } from '../../apps/cli/src/torture/load/telling/channels.js';
import { factOf, listWith, type Fact } from '../../apps/cli/src/torture/load/telling/facts.js';
import { Sender } from '../../apps/cli/src/torture/load/telling/sender.js';
import { Told } from '../../apps/cli/src/torture/load/telling/told.js';
import { Witness } from '../../apps/cli/src/torture/load/witness.js';
import type { Asked, Reply } from '../../apps/cli/src/torture/load/http-client.js';

const day = new Date('2026-11-21T00:00:00Z');
const now = new Date('2026-11-21T12:00:00Z');
const factAt = (index: number): Fact => factOf(42, index, day);
const facts = Array.from({ length: 5_000 }, (_, i) => factAt(i));

describe('facts', () => {
  test('are the same for the same seed, and another for another', () => {
    expect(factAt(17)).toEqual(facts[17]);
    expect(factOf(43, 17, day)).not.toEqual(facts[17]);
  });

  test('have references of their own, and every way, manner, channel and kind of row among them', () => {
    expect(new Set(facts.map(({ reference }) => reference)).size).toBe(facts.length);
    const kinds = (name: 'way' | 'manner' | 'channel' | 'row') => new Set(facts.map((fact) => fact[name])).size;
    expect([kinds('way'), kinds('manner'), kinds('channel'), kinds('row')]).toEqual([3, 4, 4, 3]);
  });

  test('of a bad row are told by nobody else, in a list neither', () => {
    const lists = facts.filter(({ manner, way }) => manner === 'list' && way !== 'staging');
    const listed = lists.flatMap((fact) => listWith(fact, factAt));
    expect(listed.length).toBeGreaterThan(3 * lists.length);
    expect(listed.filter(({ way }) => way === 'staging')).toEqual([]);
    expect(facts.filter(({ row, way }) => row !== 'sound' && way !== 'staging')).toEqual([]);
  });
});

test.each(Object.entries(outsideSystems))('Ferry reads and believes what %s sends', (name, system) => {
  const parsed = parseChannel(name, system.definition as JsonValue);
  if (!('channel' in parsed)) throw new Error(JSON.stringify(parsed.faults));
  const fact = facts.find(({ channel, way }) => channel === name && way !== 'staging') as Fact;
  const told = name === 'batch' ? listWith(fact, factAt) : [fact];
  const body = system.body(told);
  const headers = new Map(Object.entries(system.headers(body, now)).map(([key, value]) => [key.toLowerCase(), value]));
  const request = { header: (key: string) => headers.get(key), body: Buffer.from(body) };
  const { signature } = parsed.channel;
  expect(verifySignature(signature, request, signingKeys(signature, [system.secret]), now)).toBe('genuine');
  const read = readWebhook(parsed.channel, request.body, system.contentType, { now });
  if (!('payments' in read)) throw new Error(JSON.stringify(read));
  expect(read.payments).toMatchObject(
    told.map(({ reference, loanAccountNumber, cif, amountMinor, paidAt }) => ({
      fact: {
        referenceNumber: reference,
        loanAccountNumber,
        cif,
        money: { amountMinor: BigInt(amountMinor), currency: 'EUR' },
        paymentDate: paidAt,
      },
    })),
  );
});

describe('a sender', () => {
  const ofManner = (manner: Fact['manner']): Fact =>
    facts.find((fact) => fact.manner === manner && fact.way !== 'staging' && fact.index > 10) as Fact;
  const answered = async (fact: Fact, answer: (asked: Asked, nth: number) => Reply | undefined) => {
    const [witness, told, asked] = [new Witness(), new Told(), [] as Asked[]];
    const client = {
      untilAnswered: async (_api: number, one: Asked) => answer(one, asked.push(one)),
    };
    await new Sender(client, witness, told, factAt, { now: () => now }).tell(fact);
    return { witness, told, asked };
  };
  const reply = (status: number, body: object): Reply => ({ status, text: JSON.stringify(body) });

  test('fires twins at once, and notes what each was told', async () => {
    const fact = ofManner('twins');
    const { told, asked } = await answered(fact, (_asked, nth) =>
      reply(nth === 1 ? 201 : 200, { status: nth === 1 ? 'created' : 'duplicate', payment_id: 'p' }),
    );
    expect(asked).toHaveLength(fact.twins);
    expect(told.receipts.map(({ said }) => said).sort()).toEqual([
      'created',
      ...Array.from({ length: fact.twins - 1 }, () => 'duplicate'),
    ]);
    expect(told.facts.get(fact.reference)).toEqual(fact);
  });

  test('takes an answer to a list for one to each of its payments, in their order', async () => {
    const fact = ofManner('list');
    const listed = listWith(fact, factAt);
    const lines = listed.map(({ reference }, i) => ({
      reference_number: reference,
      status: 'created',
      payment_id: `p${i}`,
    }));
    const { told, witness } = await answered(fact, () => reply(200, { payments: lines }));
    expect(told.receipts).toEqual(
      listed.map(({ reference }, i) => ({ reference, said: 'created', paymentId: `p${i}` })),
    );
    expect(witness.unexpected).toEqual([]);
    const swapped = await answered(fact, () => reply(200, { payments: lines.toReversed().slice(1) }));
    expect(swapped.witness.unexpected).toHaveLength(1);
  });

  test.each([
    ['a refusal', { status: 401, text: '{}' }],
    ['a failure', { status: 500, text: '{"code":"internal"}' }],
    ['no JSON', { status: 200, text: 'welcome' }],
    ['an answer without an id', { status: 201, text: '{"status":"created"}' }],
    ['another word', { status: 200, text: '{"status":"rejected","payment_id":"p"}' }],
    ['no answer at all', undefined],
  ])('holds %s against the api', async (_what, answer) => {
    const { witness, told } = await answered(ofManner('once'), () => answer);
    expect(witness.unexpected).toHaveLength(1);
    expect(told.receipts).toEqual([]);
  });
});
