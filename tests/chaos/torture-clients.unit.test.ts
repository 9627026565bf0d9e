import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from '../../apps/cli/src/torture/load/client.js';
import { HttpClient } from '../../apps/cli/src/torture/load/http-client.js';
import type { Behaviour, Order } from '../../apps/cli/src/torture/load/orders.js';
import { runLoad } from '../../apps/cli/src/torture/load/run-load.js';
import { Witness } from '../../apps/cli/src/torture/load/witness.js';

/** What the api under these clients does with a request; `cut` breaks the connection. */
type Reaction = { readonly status: number; readonly body: object } | 'cut';

const order = (behaviour: Behaviour): Order => ({
  index: 0,
  reference: 'r',
  key: behaviour === 'reference' ? undefined : 'k',
  behaviour,
  askedFor: 'any',
  twins: 3,
  body: '{"reference":"r"}',
});
const created: Reaction = { status: 201, body: { id: 'p', status: 'PENDING' } };
const replayed: Reaction = { status: 200, body: { id: 'p', status: 'PENDING' } };
const duplicate: Reaction = { status: 409, body: { code: 'duplicate-reference', payment_id: 'p' } };
const away: Reaction = { status: 503, body: { code: 'unavailable' } };

describe('a client of the torture', () => {
  let server: Server;
  let http: HttpClient;
  let witness: Witness;
  let giveUpAfterMs: number;
  let script: Reaction[];
  let heard: { readonly line: string; readonly key: IncomingMessage['headers'][string] }[];

  beforeEach(async () => {
    [witness, giveUpAfterMs, script, heard] = [new Witness(), 10_000, [], []];
    server = createServer((request, response) => {
      heard.push({ line: `${request.method} ${request.url}`, key: request.headers['idempotency-key'] });
      const reaction = script.shift() ?? away;
      if (reaction === 'cut') return void request.socket.destroy();
      response.writeHead(reaction.status).end(JSON.stringify(reaction.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    http = new HttpClient([`http://127.0.0.1:${(server.address() as AddressInfo).port}`], 10);
  });
  afterEach(async () => {
    http.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const carryOut = (behaviour: Behaviour, ...reactions: Reaction[]): Promise<void> => {
    script = reactions;
    return new Client(http, witness, giveUpAfterMs).carryOut(order(behaviour));
  };
  const said = (): string[] => witness.acknowledgements.map((one) => `${one.said} ${one.paymentId}`);

  test('asks with the same key until it has an answer', async () => {
    await carryOut('once', 'cut', away, created);
    expect(said()).toEqual(['created p']);
    expect(heard.map(({ key }) => key)).toEqual(['k', 'k', 'k']);
    expect(witness.counts).toEqual({ requests: 3, broken: 1, unavailable: 1 });
  });

  test('without a key takes a duplicate reference for an acknowledgement', async () => {
    await carryOut('reference', 'cut', duplicate);
    expect(said()).toEqual(['duplicate p']);
    expect(heard.map(({ key }) => key)).toEqual([undefined, undefined]);
  });

  test('has the whole answer to a key written down, and only of a key', async () => {
    await carryOut('again', created, { status: 200, body: { id: 'p', status: 'SUCCESS' } });
    const [first, second] = witness.acknowledgements.map(({ digest }) => digest);
    expect(first).toBeDefined();
    expect(second).not.toBe(first);
    await carryOut('reference', created);
    expect(witness.acknowledgements.at(-1)?.digest).toBeUndefined();
  });

  test('fires the same key several times at once', async () => {
    await carryOut('twins', created, replayed, replayed);
    expect(said().sort()).toEqual(['created p', 'replayed p', 'replayed p']);
    expect(heard.map(({ key }) => key)).toEqual(['k', 'k', 'k']);
  });

  test('asks with and without its key at once', async () => {
    await carryOut('both', created, duplicate);
    expect(heard.map(({ key }) => key)).toEqual(expect.arrayContaining(['k', undefined]));
    expect(said().sort()).toEqual(['created p', 'duplicate p']);
  });

  test.each([
    ['cancelled', { status: 200, body: { id: 'p', status: 'CANCELLED' } }, ['cancelled CANCELLED']],
    ['too late', { status: 409, body: { code: 'payment-not-cancellable', payment_status: 'FAILED' } }, ['told FAILED']],
    ['in hand', { status: 409, body: { code: 'payment-not-cancellable', payment_status: 'PROCESSING' } }, []],
  ] as const)('cancels, and remembers what it was promised: %s', async (_what, answer, promised) => {
    await carryOut('cancel', created, answer);
    expect(heard.at(-1)?.line).toBe('POST /api/v1/payments/p/cancel');
    expect(witness.acknowledgements.slice(1).map((one) => `${one.said} ${one.ended}`)).toEqual(promised);
  });

  test('waits for the end, and believes only an end', async () => {
    await carryOut('watch', created, { status: 200, body: { status: 'SUCCESS' } });
    expect(witness.acknowledgements.at(-1)).toMatchObject({ said: 'told', paymentId: 'p', ended: 'SUCCESS' });
    await carryOut('watch', created, { status: 200, body: { status: 'PROCESSING' } });
    expect(said()).toEqual(['created p', 'told p', 'created p']);
  });

  test.each<[Behaviour, Reaction[]]>([
    ['once', [{ status: 500, body: {} }]],
    ['once', [{ status: 422, body: { code: 'idempotency-key-reused' } }]],
    ['once', [{ status: 200, body: {} }]],
    ['cancel', [created, { status: 404, body: {} }]],
    ['watch', [created, { status: 404, body: {} }]],
  ])('%s: an answer that it should never get is held against the api', async (behaviour, reactions) => {
    await carryOut(behaviour, ...reactions);
    expect(witness.unexpected).toHaveLength(1);
  });

  test('asks no more when time is up, and says that it had no answer', async () => {
    giveUpAfterMs = 500;
    await carryOut('once');
    expect(witness.unanswered).toEqual([0]);
    expect(witness.counts.unavailable).toBeGreaterThan(0);
  });
});

describe('the load', () => {
  test('carries out every order once, so many at a time, none before its turn', async () => {
    const begun: number[] = [];
    let [busy, most] = [0, 0];
    const started = performance.now();
    await runLoad({ count: 20, clients: 4, spacingMs: 5 }, async (index) => {
      expect(performance.now() - started).toBeGreaterThanOrEqual(index * 5 - 2);
      begun.push(index);
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setTimeout(resolve, 30));
      busy -= 1;
    });
    expect(begun.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(most).toBe(4);
  });
});
