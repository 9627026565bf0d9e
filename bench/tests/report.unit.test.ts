import { describe, expect, test } from '@jest/globals';
import { aims, ratiosIn } from '../aims.mjs';
import { document, ratiosOf, resultsOf, table } from '../report.mjs';

const runs = new Map<string, Record<string, number>[]>([
  [
    'accept',
    [
      { accepted: 10, rate: 500, 'p99 ms': 20 },
      { accepted: 10, rate: 900, 'p99 ms': 30 },
      { accepted: 10, rate: 700, 'p99 ms': 10 },
    ],
  ],
  [
    'insert',
    [
      { accepted: 10, rate: 1000 },
      { accepted: 10, rate: 300 },
      { accepted: 10, rate: 700 },
    ],
  ],
]);
const unitOf = () => 'payments/s';

describe('results', () => {
  test('are medians over the rounds, with unit and spread; how many were accepted is no figure', () => {
    expect(resultsOf(runs, unitOf)).toEqual([
      { name: 'accept', value: 700, unit: 'payments/s', least: 500, most: 900 },
      { name: 'accept p99', value: 20, unit: 'ms', least: 10, most: 30 },
      { name: 'insert', value: 700, unit: 'payments/s', least: 300, most: 1000 },
    ]);
  });
});

describe('ratios', () => {
  test('are medians of the ratios within each round, not the ratio of the medians', () => {
    const uneven = new Map([
      ['accept', [{ rate: 100 }, { rate: 300 }, { rate: 200 }]],
      ['insert', [{ rate: 100 }, { rate: 100 }, { rate: 400 }]],
    ]);
    // Medians are 200 and 100, but in the usual round both were alike.
    expect(ratiosOf(uneven)).toEqual([{ name: 'accept / insert', value: 1, aim: 1.5, least: 0.5, most: 3 }]);
  });

  test('are left out where a case was not run', () => {
    expect(ratiosOf(runs).map(({ name }) => name)).toEqual(['accept / insert']);
    expect(ratiosOf(new Map())).toEqual([]);
  });

  test('a case that was run in one round only has its ratio all the same', () => {
    const soaked = new Map(runs).set('soak', [{ 'p99 early ms': 9, 'p99 late ms': 10 }]);
    expect(ratiosOf(soaked)).toContainEqual({
      name: 'soak p99 early / late',
      value: 0.9,
      aim: 0.9,
      least: 0.9,
      most: 0.9,
    });
  });

  const ratioOf = (name: string, figures: Record<string, Record<string, number>>) =>
    ratiosIn((one) => figures[one])[aims.findIndex((aim) => aim.name === name)] as number;

  test.each([
    [50, 0.5],
    [25, 1],
    [10, 2.5],
  ])('a p99 of %d ms is told as %d of its limit: less is more', (p99, expected) => {
    expect(ratioOf('25 ms / accept p99 at half rate', { latency: { 'at 50 % p99 ms': p99 } })).toBeCloseTo(
      expected,
      10,
    );
  });

  test.each([0, -3, 0.001])('a heap slope of %d MB/h is within its limit, and finite', (mbPerHour) => {
    expect(ratioOf('1 MB/h / api heap slope', { soak: { 'api heap slope MB/h': mbPerHour } })).toBe(100);
  });
});

test('latest.json has exactly machine, terms, results and ratios', () => {
  const made = document({ cores: 2 }, { node: 'v24' }, resultsOf(runs, unitOf), ratiosOf(runs));
  expect(Object.keys(made)).toEqual(['machine', 'terms', 'results', 'ratios']);
  expect(made.results[0]).toEqual({ name: 'accept', value: 700, unit: 'payments/s' });
  expect(made.ratios[0]).toEqual({ name: 'accept / insert', value: 1, aim: 1.5 });
});

test('the table says which aims are reached', () => {
  const ratios = [
    { name: 'good', value: 1.5, aim: 1.5, least: 1, most: 2 },
    { name: 'bad', value: 0.4, aim: 0.6, least: 0.3, most: 0.5 },
  ];
  const lines = table({ cores: 2 }, { postgres: { fsync: 'on' } }, [], ratios).split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/good .* reached/));
  expect(lines).toContainEqual(expect.stringMatching(/bad .* MISSED/));
  expect(lines).toContainEqual(expect.stringMatching(/postgres +fsync on/));
});
