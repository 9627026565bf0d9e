import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { retryQueue, retrySteps, workQueue } from '../../libs/adapters/rabbitmq/src/topology.js';
import {
  faults,
  faultOf,
  faultsOf,
  type FaultName,
  type ServiceName,
} from '../../apps/cli/src/torture/faults/catalogue.js';
import { retryQueues, workQueue as workQueueByHand } from '../../apps/cli/src/torture/faults/messages.js';
import { orderOf } from '../../apps/cli/src/torture/load/orders.js';
import { BASE_MINUTES, sameAgain, type TortureOptions } from '../../apps/cli/src/torture/options.js';
import { planStrikes, type Plan } from '../../apps/cli/src/torture/plan.js';
import { slowRail, timing } from '../../apps/cli/src/torture/stage/settings.js';

const everything = new Set<ServiceName>(['postgres', 'rabbitmq', 'kafka', 'redis']);
const options = (given: Partial<TortureOptions> = {}): TortureOptions => ({
  seed: 1,
  minutes: BASE_MINUTES,
  payments: 100,
  recorded: 50,
  mode: 'cluster',
  ...given,
});
const all = ({ lanes }: Plan) => [...lanes.values()].flat();
const count = (plan: Plan, ...names: FaultName[]): number =>
  all(plan).filter(({ fault }) => names.includes(fault)).length;

describe('the plan', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planStrikes(options(), everything)).toEqual(planStrikes(options(), everything));
    expect(all(planStrikes(options({ seed: 2 }), everything))).not.toEqual(all(planStrikes(options(), everything)));
  });

  test('at its default size kills as often as the reliability tests F1, F2, F3 and F8 ask for', () => {
    const plan = planStrikes(options(), everything);
    expect(count(plan, 'worker-kill')).toBeGreaterThanOrEqual(10);
    expect(count(plan, 'api-kill')).toBeGreaterThanOrEqual(10);
    expect(count(plan, 'worker-kill', 'api-kill')).toBeGreaterThanOrEqual(50);
    expect(count(plan, 'postgres-kill')).toBeGreaterThanOrEqual(12);
    expect(count(plan, 'rabbitmq-kill')).toBeGreaterThanOrEqual(3);
    for (const fault of faultsOf('cluster')) expect(count(plan, fault)).toBeGreaterThan(0);
  });

  test('lasts as long as it is asked to, and has more strikes the longer it lasts', () => {
    const plan = planStrikes(options({ minutes: 4 * BASE_MINUTES }), everything);
    expect(count(plan, 'worker-kill')).toBe(4 * faultOf('worker-kill').strikes.cluster!);
    for (const { atMs } of all(plan)) expect(atMs).toBeLessThan(4 * BASE_MINUTES * 60_000);
    for (const lane of plan.lanes.values())
      expect(lane.map(({ atMs }) => atMs)).toEqual(lane.map(({ atMs }) => atMs).toSorted((one, other) => one - other));
  });

  test('leaves out, and names, what needs a service that is not here', () => {
    const { leftOut, ...plan } = planStrikes(options(), new Set(['postgres', 'redis']));
    expect(leftOut).toEqual(
      faultsOf('cluster').filter((name) => ['rabbitmq', 'kafka'].includes(faultOf(name).needs ?? '')),
    );
    expect(leftOut).toContain('messages-purge');
    for (const { fault } of all({ leftOut, ...plan })) expect(leftOut).not.toContain(fault);
  });

  test('has only the faults that were chosen, struck when they would have been without the other lanes', () => {
    const chosen = planStrikes(options({ faults: ['kafka-away'] }), everything);
    expect([...chosen.lanes.keys()]).toEqual(['kafka']);
    expect(chosen.lanes.get('kafka')).toEqual(planStrikes(options(), everything).lanes.get('kafka'));
  });

  test('with --embedded strikes one thing at a time', () => {
    const plan = planStrikes(options({ mode: 'embedded' }), new Set(['postgres']));
    expect([...plan.lanes.keys()]).toEqual(['ferry']);
    expect(count(plan, 'ferry-kill')).toBeGreaterThanOrEqual(10);
    expect(count(plan, 'worker-kill')).toBe(0);
  });

  test('can be asked for again', () => {
    expect(sameAgain(options({ seed: 7, faults: ['ferry-kill', 'ferry-stop'], mode: 'embedded' }))).toBe(
      'ferry torture --seed 7 --minutes 1.5 --payments 100 --recorded 50 --faults ferry-kill,ferry-stop --embedded',
    );
  });
});

describe('orders', () => {
  const orders = Array.from({ length: 5_000 }, (_, i) => orderOf(42, i));

  test('are the same for the same seed, and another for another', () => {
    expect(orderOf(42, 17)).toEqual(orders[17]);
    expect(orderOf(43, 17)).not.toEqual(orders[17]);
  });

  test('have references and keys of their own, and every kind of client and fate among them', () => {
    expect(new Set(orders.map(({ reference }) => reference)).size).toBe(orders.length);
    expect(new Set(orders.map(({ behaviour }) => behaviour)).size).toBe(7);
    expect(new Set(orders.map(({ askedFor }) => askedFor)).size).toBe(5);
    for (const { behaviour, key } of orders) expect(key === undefined).toBe(behaviour === 'reference');
  });

  test('ask for amounts that the currency can express', () => {
    for (const { body } of orders) expect(body).toMatch(/"amount":\d+(\.\d{1,2})?,/);
  });
});

test('docs/how-to/torture.md has every fault, and no ghost', () => {
  const rows = readFileSync(resolve(import.meta.dirname, '../../docs/how-to/torture.md'), 'utf8').matchAll(
    /^\| `([a-z-]+)` \| (\S+) \| (\S+) \| (.*) \|$/gm,
  );
  const documented = [...rows].map(([, ...cells]) => cells.join(' | '));
  const expected = (Object.keys(faults) as FaultName[]).map((name) => {
    const { strikes, help } = faultOf(name);
    return [name, strikes.cluster ?? '-', strikes.embedded ?? '-', help].join(' | ');
  });
  expect(documented).toEqual(expected);
});

test('the queues that are purged by hand are those that Ferry declares', () => {
  const topology = { name: workQueueByHand, lengthMax: 1 };
  expect(workQueueByHand).toBe(workQueue(topology));
  expect(retryQueues).toEqual(retrySteps.map(({ delayMs }) => retryQueue(topology, delayMs)));
});

test('what is frozen is frozen for longer than a lease, and the rail answers sooner than it times out', () => {
  for (const name of ['worker-freeze', 'ferry-freeze'] as const)
    for (const lease of [timing.LEASE_MS, timing.JOB_LEASE_MS])
      expect(faultOf(name).lastsMs?.[0]).toBeGreaterThan(Number(lease));
  expect(Number(slowRail.SIMULATED_LATENCY_MAX_MS)).toBeLessThan(Number(timing.RAIL_TIMEOUT_MS));
});
