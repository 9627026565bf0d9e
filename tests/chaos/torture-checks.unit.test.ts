import { describe, expect, test } from '@jest/globals';
import { judgeAcknowledged } from '../../apps/cli/src/torture/checks/acknowledged.js';
import { judgeEvents } from '../../apps/cli/src/torture/checks/events.js';
import { judgePayments } from '../../apps/cli/src/torture/checks/payments.js';
import { judgeRun, type Run } from '../../apps/cli/src/torture/checks/run.js';
import type { Evidence, HistoryRow, KeyRow, PaymentRow } from '../../apps/cli/src/torture/evidence.js';
import type { ToldEvent } from '../../apps/cli/src/torture/kafka-events.js';
import type { Order } from '../../apps/cli/src/torture/load/orders.js';
import { Witness } from '../../apps/cli/src/torture/load/witness.js';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
interface World {
  witness: Witness;
  payments: Draft<PaymentRow>[];
  history: Draft<HistoryRow>[];
  keys: Draft<KeyRow>[];
  events: Draft<ToldEvent>[];
  waitingEvents: number;
  run: Draft<Run>;
}

const types = ['payment.created', 'payment.processing', 'payment.succeeded'] as const;
const statuses = ['PENDING', 'PROCESSING', 'SUCCESS'] as const;

const order = (index: number, given: Partial<Order> = {}): Order => ({
  index,
  reference: `reference ${index}`,
  key: `key ${index}`,
  behaviour: 'once',
  askedFor: 'any',
  twins: 2,
  body: '{}',
  ...given,
});

/** Three payments of three orders, all as it should be; every test breaks one thing in it. */
function aWorld(): World {
  const witness = new Witness();
  const indexes = [0, 1, 2];
  for (const i of indexes) {
    witness.ordered(order(i));
    witness.heard('created', order(i), `p${i}`, { text: `answer ${i}` });
    witness.heard('replayed', order(i), `p${i}`, { text: `answer ${i}` });
  }
  witness.heard('told', order(0), 'p0', { ended: 'SUCCESS' });
  const steps = indexes.flatMap((i) => statuses.map((status, version) => ({ id: `p${i}`, status, version })));
  return {
    witness,
    payments: indexes.map((i) => ({ id: `p${i}`, reference: `reference ${i}`, status: 'SUCCESS', attention: null })),
    keys: indexes.map((i) => ({ idempotency_key: `key ${i}`, payment_id: `p${i}` })),
    history: steps.map(({ id, status, version }) => ({
      payment_id: id,
      version: version + 1,
      to_status: status,
      event_id: `${id} event ${version + 1}`,
    })),
    events: steps.map(({ id, version }) => ({
      paymentId: id,
      eventId: `${id} event ${version + 1}`,
      type: types[version] as string,
      version: version + 1,
    })),
    waitingEvents: 0,
    run: {
      blows: [
        {
          strike: { fault: 'postgres-kill', atMs: 0, victim: 0, forMs: 0 },
          atMs: 0,
          what: '',
          recoveries: [{ kind: 'ready after PostgreSQL', who: 'api 1', ms: 100 }],
        },
      ],
      deaths: [],
      saidAway: new Set(['postgres']),
      lastedMs: { payments: 1_000, events: 500, messages: 0, rows: 0 },
      left: { payments: 0, events: 0, messages: 0, rows: 0 },
      verify: { code: 0, output: '' },
    },
  };
}

/** Names of what does not hold. */
function brokenIn({ witness, run, ...evidence }: World, withKafka = true): string[] {
  const recording = { payments: [], rows: [], batches: [], batchesFailed: 0 };
  const found: Evidence = { ...evidence, recording, events: withKafka ? evidence.events : undefined };
  const verdicts = [
    ...judgeAcknowledged(witness, found),
    ...judgePayments(witness, found),
    ...judgeEvents(found),
    ...judgeRun(witness, run),
  ];
  return verdicts.filter(({ broken }) => broken.length > 0).map(({ name }) => name);
}

const again = (world: World, text: string, paymentId = 'p1'): void =>
  world.witness.heard('replayed', order(1), paymentId, { text });
const stepOf = (world: World, id: string, version: number) =>
  world.history.find((row) => row.payment_id === id && row.version === version) as Draft<HistoryRow>;
const without = <T>(items: readonly T[], wrong: (item: T) => boolean): T[] => items.filter((item) => !wrong(item));

test('a world in which all is well is found to be so, with and without Kafka', () => {
  expect(brokenIn(aWorld())).toEqual([]);
  expect(brokenIn(aWorld(), false)).toEqual([]);
});

describe('the checks find', () => {
  const faults: readonly (readonly [what: string, breakIt: (world: World) => void, broken: readonly string[]])[] = [
    [
      'a lost payment',
      (world) => {
        world.payments = without(world.payments, ({ id }) => id === 'p1');
        world.history = without(world.history, ({ payment_id: id }) => id === 'p1');
        world.events = without(world.events, ({ paymentId: id }) => id === 'p1');
      },
      ['nothing-lost'],
    ],
    [
      'a lost payment of which the world was told',
      (world) => {
        world.payments = without(world.payments, ({ id }) => id === 'p1');
      },
      ['nothing-lost', 'told-true'],
    ],
    [
      'a payment that another reference has taken',
      (world) => (world.payments[1]!.reference = 'reference 2'),
      ['nothing-lost', 'one-per-reference'],
    ],
    [
      'a payment that nobody ordered',
      (world) => {
        world.payments.push({ ...world.payments[0]!, id: 'p9', reference: 'a ghost' });
        world.history.push(...world.history.slice(0, 3).map((row) => ({ ...row, payment_id: 'p9' })));
        world.events.push(...world.events.slice(0, 3).map((event) => ({ ...event, paymentId: 'p9' })));
      },
      ['one-per-reference'],
    ],
    ['a differing replay', (world) => again(world, 'another answer'), ['replays-equal']],
    [
      'a replay that names another payment',
      (world) => again(world, 'answer 1', 'p2'),
      ['nothing-lost', 'one-per-order'],
    ],
    ['an order that was created twice', (world) => world.witness.heard('created', order(1), 'p1'), ['one-per-order']],
    [
      'a duplicate that names another payment',
      (world) => world.witness.heard('duplicate', order(1), 'p2'),
      ['nothing-lost', 'one-per-order'],
    ],
    ['a key that was forgotten', (world) => world.keys.pop(), ['one-per-key']],
    ['a key that stands for another payment', (world) => (world.keys[1]!.payment_id = 'p2'), ['one-per-key']],
    [
      'a cancellation that was promised and not kept',
      (world) => world.witness.heard('cancelled', order(2), 'p2', { ended: 'CANCELLED' }),
      ['told-the-truth'],
    ],
    [
      'a payment that ended twice',
      (world) => {
        stepOf(world, 'p1', 2).to_status = 'FAILED';
      },
      ['ended-once'],
    ],
    [
      'a payment whose history ends it otherwise',
      (world) => {
        stepOf(world, 'p1', 3).to_status = 'FAILED';
      },
      ['ended-once'],
    ],
    [
      'a stuck payment',
      (world) => {
        world.payments[1]!.status = 'PROCESSING';
        world.history = without(world.history, (row) => row === stepOf(world, 'p1', 3));
        world.events = without(world.events, ({ paymentId, version }) => paymentId === 'p1' && version === 3);
      },
      ['nothing-stuck', 'as-asked'],
    ],
    [
      'a payment that came to another end than it was asked for',
      (world) => world.witness.ordered(order(1, { askedFor: 'failure' })),
      ['as-asked'],
    ],
    [
      'a cancellation that nobody asked for',
      (world) => {
        world.payments[1]!.status = 'CANCELLED';
        stepOf(world, 'p1', 3).to_status = 'CANCELLED';
      },
      ['as-asked'],
    ],
    [
      'a gap in a history and in its events',
      (world) => {
        world.history = without(world.history, (row) => row === stepOf(world, 'p1', 2));
        world.events = without(world.events, ({ paymentId, version }) => paymentId === 'p1' && version === 2);
      },
      ['history-whole'],
    ],
    [
      'a gap in the events',
      (world) => {
        world.events = without(world.events, ({ paymentId, version }) => paymentId === 'p1' && version === 2);
      },
      ['told-whole'],
    ],
    [
      'a doubled terminal event',
      (world) => world.events.push({ ...world.events.at(-1)!, eventId: 'another id' }),
      ['told-whole', 'told-ended-once'],
    ],
    [
      'an end that was not told',
      (world) => {
        world.events.pop();
      },
      ['told-whole', 'told-ended-once'],
    ],
    ['events out of order', (world) => world.events.reverse(), ['told-whole']],
    ['events that still wait', (world) => (world.waitingEvents = 1), ['outbox-empty']],
    ['an answer that no client should get', (world) => world.witness.unexpected.push('500'), ['answered']],
    ['a client without an answer', (world) => world.witness.unanswered.push(2), ['answered']],
    [
      'a fault that was not carried out',
      (world) => (world.run.blows = [{ ...world.run.blows[0]!, failed: 'no broker' }]),
      ['struck'],
    ],
    [
      'a process that needed too long to be ready',
      (world) => {
        const recoveries = [{ kind: 'ready after PostgreSQL', who: 'api 1', ms: 5_001 }] as const;
        world.run.blows = [{ ...world.run.blows[0]!, recoveries }];
      },
      ['ready-after-postgresql'],
    ],
    [
      'a backlog that stayed',
      (world) => (world.run.lastedMs = { payments: 0, events: 30_001, messages: 0, rows: 0 }),
      ['settled'],
    ],
    ['a process that died', (world) => (world.run.deaths = ['api 1']), ['alive']],
    ['an outage that nobody spoke of', (world) => (world.run.saidAway = new Set(['redis'])), ['said']],
    ['what ferry verify finds', (world) => (world.run.verify = { code: 4, output: '' }), ['ferry-verify']],
  ];

  test.each(faults)('%s', (_what, breakIt, broken) => {
    const world = aWorld();
    breakIt(world);
    expect(brokenIn(world)).toEqual(broken);
  });
});

describe('the checks allow', () => {
  test('an event that comes again, at once or late', () => {
    const world = aWorld();
    world.events.push(...world.events.map((event) => ({ ...event })));
    expect(brokenIn(world)).toEqual([]);
  });

  test('a payment that was never acknowledged but ordered', () => {
    const world = aWorld();
    world.witness.acknowledgements.splice(2, 2);
    expect(brokenIn(world)).toEqual([]);
  });

  test('a payment that was asked to break its rail to be parked, with an attention', () => {
    const world = aWorld();
    world.witness.ordered(order(1, { askedFor: 'error' }));
    Object.assign(world.payments[1]!, { status: 'PENDING', attention: 'rail simulated: a simulated error' });
    world.history = without(world.history, ({ payment_id: id, version }) => id === 'p1' && version > 1);
    world.events = without(world.events, ({ paymentId: id, version }) => id === 'p1' && version > 1);
    expect(brokenIn(world)).toEqual([]);
  });

  test('a broken connection: what it asked for is asked for again', () => {
    const world = aWorld();
    world.witness.counts.broken = 100;
    expect(brokenIn(world)).toEqual([]);
  });
});
