import { describe, expect, test } from '@jest/globals';
import { newId, silentLogger, silentMeter } from '@ferry/kernel';
import { ProcessPayments, type Outcome, type PaymentState, type ProcessOptions, wholeTenant } from '@ferry/payments';
import { allOutcomes, anAddition, InMemoryPaymentRepository, ManualClock } from '@ferry/payments/testing';
import { SimulatedRail, type Latency } from '../src/index.js';

const options: ProcessOptions = {
  railTimeoutMs: 1_000, // far above the latencies here, also on a busy machine
  railCallsMax: 100,
  leaseMs: 60_000,
  retry: { baseMs: 1_000, maxMs: 10_000 },
  attemptsMax: 3,
  unknownAttentionAfter: 3,
};

/** Brings one payment for each reference to the worker, `rounds` times, time enough apart; tells what became of each. */
async function process(
  latency: Latency,
  references: string[],
  rounds: number,
): Promise<{ states: PaymentState[]; outcomes: Outcome[] }> {
  const store = new InMemoryPaymentRepository();
  const clock = new ManualClock();
  const rail = new SimulatedRail({ successRate: 1, seed: 'engine', latency });
  const worker = new ProcessPayments(
    {
      repository: store,
      rails: new Map([[rail.name, rail]]),
      signals: { announce: () => {}, listen: () => () => {} },
      clock,
      newId,
      random: () => 0,
      logger: silentLogger,
      meter: silentMeter,
    },
    options,
  );
  const additions = references.map((reference) => anAddition({ tenantId: 't', reference, now: clock.now() }));
  await store.add('t', additions);
  const ids = additions.map(({ change }) => change.payment.id);
  let outcomes: readonly Outcome[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const messages = ids.map((paymentId) => ({ tenantId: 't', paymentId, attempt: 0 }));
    outcomes = await allOutcomes(await worker.handle(messages));
    clock.advance(options.retry.maxMs);
  }
  const found = await store.find(wholeTenant('t'), ids);
  return { states: found.flatMap((payment) => payment?.state ?? []), outcomes: [...outcomes] };
}

const references = ['ref', 'SIM-FAILURE', 'SIM-TIMEOUT', 'SIM-UNKNOWN', 'SIM-ERROR'];

describe.each<Latency>([{ distribution: 'none' }, { distribution: 'uniform', minMs: 0, maxMs: 5 }])(
  'with latency %j',
  (latency) => {
    test('one batch with every scenario: each payment gets what it asked for, none spoils another', async () => {
      const { states } = await process(latency, references, 1);
      expect(states.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILED', 'PROCESSING', 'PROCESSING', 'PENDING']);
    });

    test('later: the late success is found, the unknown stays unknown, the error is parked', async () => {
      const { states, outcomes } = await process(latency, references, 3);
      expect(states.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILED', 'SUCCESS', 'PROCESSING', 'PENDING']);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'retry', 'give-up']);
      const [, , , unknown, error] = states;
      expect(unknown?.attention).toContain('outcome unknown');
      expect(error).toMatchObject({ attention: 'rail simulated: a simulated error', nextAttemptAt: undefined });
    });
  },
);
