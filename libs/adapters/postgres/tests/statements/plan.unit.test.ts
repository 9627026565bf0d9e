import { describe, expect, test } from '@jest/globals';
import { conjuncts, unboundTables, type PlanNode } from './plan.js';

const tables = new Set(['payments.payments', 'messaging.outbox']);
const scan = (given: Partial<PlanNode>): PlanNode => ({
  'Node Type': 'Index Scan',
  Schema: 'payments',
  'Relation Name': 'payments',
  ...given,
});

describe('unboundTables', () => {
  test.each<[string, Partial<PlanNode>]>([
    [
      'an index',
      { 'Index Cond': `(((payments.tenant_id)::text = 'a'::text) AND (payments.id = ANY ('{1}'::uuid[])))` },
    ],
    ['an index of one column', { 'Index Cond': `((tenant_id)::text = ($1)::text)` }],
    ['a filter', { Filter: `((payments.version > 1) AND ((payments.tenant_id)::text = 'a'::text))` }],
    ['what a loop around it says', { 'Index Cond': `((o.tenant_id)::text = (h.tenant_id)::text)` }],
    ['a bitmap', { 'Node Type': 'Bitmap Heap Scan', 'Recheck Cond': `((p.tenant_id)::text = 'a'::text)` }],
    ['nothing, in a table of no tenant', { 'Relation Name': 'migrations', Schema: 'public' }],
    ['nothing, where it only writes', { 'Node Type': 'ModifyTable' }],
  ])('is bound by %s', (_what, given) => {
    expect(unboundTables(scan(given), tables)).toEqual([]);
  });

  test.each<[string, Partial<PlanNode>]>([
    ['nothing', {}],
    ['another column', { 'Index Cond': `(payments.id = '1'::uuid)` }],
    ['a choice', { Filter: `(((payments.tenant_id)::text = 'a'::text) OR (payments.version = 1))` }],
    ['several tenants', { 'Index Cond': `((payments.tenant_id)::text = ANY ('{a,b}'::text[]))` }],
    ['all but one', { Filter: `((payments.tenant_id)::text <> 'a'::text)` }],
    ['all behind one', { 'Index Cond': `(ROW((payments.tenant_id)::text, payments.id) > ROW('a'::text, '1'::uuid))` }],
  ])('is not bound by %s', (_what, given) => {
    expect(unboundTables(scan(given), tables)).toEqual(['payments.payments']);
  });

  test('looks below', () => {
    const outbox = scan({ Schema: 'messaging', 'Relation Name': 'outbox' });
    expect(
      unboundTables({ 'Node Type': 'Hash Join', Plans: [scan({}), { 'Node Type': 'Hash', Plans: [outbox] }] }, tables),
    ).toEqual(['payments.payments', 'messaging.outbox']);
  });
});

test('conjuncts are taken apart as deep as they go', () => {
  expect(conjuncts('((a = 1) AND ((b = 2) AND (c = 3)) AND ((d = 4) OR (e = 5)))')).toEqual([
    'a = 1',
    'b = 2',
    'c = 3',
    '(d = 4) OR (e = 5)',
  ]);
});
