import { describe, expect, test } from '@jest/globals';
import { plansIn, usual } from '../plans.mjs';
import { shown } from '../shown-plan.mjs';

const node = {
  'Node Type': 'Index Scan',
  'Index Name': 'payments_pk',
  'Relation Name': 'payments',
  'Actual Rows': 30,
  'Actual Loops': 1,
  'Actual Total Time': 0.2,
  'Shared Hit Blocks': 90,
  'Shared Read Blocks': 0,
  'Shared Dirtied Blocks': 0,
  'Index Cond': '(id = ANY ($2))',
};
const logged = (text: string, ms: number, plan: object): string[] => [
  `2026-11-21 02:00:00 UTC [1] LOG:  duration: ${ms} ms  plan:`,
  ...JSON.stringify({ 'Query Text': text, Plan: plan }, null, 2)
    .split('\n')
    .map((line) => `\t${line}`),
];

describe('plans of a log', () => {
  test('are read among other lines; a torn one is left out', () => {
    const log = [
      '2026-11-21 02:00:00 UTC [1] LOG:  checkpoint starting: time',
      ...logged('select\n   1', 0.5, node),
      ...logged('select 2', 0.7, node).slice(0, -2),
      '2026-11-21 02:00:00 UTC [1] LOG:  checkpoint complete',
      ...logged('select 3', 0.9, node),
    ];
    expect(plansIn(log).map(({ text, ms }) => [text, ms])).toEqual([
      ['select 1', 0.5],
      ['select 3', 0.9],
    ]);
  });

  test('of each statement the run of the median time stands for all, the costliest statement first', () => {
    const plans = [
      { text: 'rare', ms: 4, plan: node },
      ...[1, 9, 2].map((ms) => ({ text: 'often', ms, plan: { ...node, 'Actual Rows': ms } })),
    ];
    const [often, rare] = usual(plans);
    expect(often).toMatchObject({ text: 'often', ms: 2, runs: 3, mostMs: 9, plan: { 'Actual Rows': 2 } });
    expect(rare).toMatchObject({ text: 'rare', runs: 1 });
  });
});

test('a plan is shown without the partitions that were pruned as it ran', () => {
  const pruned = { ...node, 'Actual Loops': 0 };
  const append = {
    ...node,
    'Node Type': 'Append',
    'Index Name': undefined,
    'Index Cond': undefined,
    Plans: [node, pruned],
  };
  const text = shown({ text: 'select 1', runs: 2, ms: 0.3, mostMs: 1, plan: append });
  expect(text).toContain('Append on payments (rows=30 loops=1 0.2 ms, hit=90 read=0 dirtied=0)');
  expect(text).toContain('  Index Scan using payments_pk on payments');
  expect(text).toContain('Index Cond: (id = ANY ($2))');
  expect(text).toContain('1 never run');
  expect(text.match(/Index Scan/g)).toHaveLength(1);
});
