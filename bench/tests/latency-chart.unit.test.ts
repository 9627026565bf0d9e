import { describe, expect, test } from '@jest/globals';
import { latencyChart, pointsOf } from '../latency-chart.mjs';
import { linear, logarithmic, spreadApart, ticksOf } from '../scales.mjs';

describe('scales', () => {
  test('linear and logarithmic place ends and middle', () => {
    expect([0, 50, 100].map(linear([0, 100], [20, 220]))).toEqual([20, 120, 220]);
    expect([1, 10, 100].map(logarithmic([1, 100], [400, 0]))).toEqual([400, 200, 0]);
  });

  test.each([
    [4332, [0, 1000, 2000, 3000, 4000]],
    [7000, [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000]],
    [95, [0, 20, 40, 60, 80]],
  ])('ticks up to %d are round', (greatest, expected) => {
    expect(ticksOf(greatest)).toEqual(expected);
  });

  test('labels keep their order and a gap', () => {
    expect(spreadApart([100, 98, 300, 101], 16)).toEqual([114, 98, 300, 130]);
  });
});

const results = [
  { name: 'latency', value: 2000 },
  ...[50, 100].flatMap((percent) =>
    ['p50', 'p95', 'p99', 'until ended p99'].map((figure, i) => ({
      name: `latency at ${percent} % ${figure}`,
      value: (percent / 10) * (i + 1),
    })),
  ),
  { name: 'accept p50', value: 3 },
];

describe('the picture of latency against load', () => {
  const points = pointsOf(results);
  const svg = latencyChart(points, 'A <fast> machine & co');

  test('has a point for each rate that was offered', () => {
    expect(points).toEqual([
      { rate: 1000, p50: 5, p95: 10, p99: 15, ended: 20 },
      { rate: 2000, p50: 10, p95: 20, p99: 30, ended: 40 },
    ]);
    expect(svg.match(/<circle/g)).toHaveLength(8);
  });

  test('is not drawn without them', () => expect(pointsOf([{ name: 'accept', value: 1 }])).toEqual([]));

  test('says in words what it shows, and names both axes with their units', () => {
    expect(svg).toContain('<title id="title">Latency against load</title>');
    expect(svg).toContain('At 1000 payments per second: accepted p50 5 ms');
    expect(svg).toContain('load, payments per second');
    expect(svg).toContain('latency, ms (logarithmic)');
  });

  test('escapes what it quotes and places everything', () => {
    expect(svg).toContain('A &#60;fast&#62; machine &#38; co');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('puts a slower point higher', () => {
    const heights = [...svg.matchAll(/<circle cx="700\.0" cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(4);
    expect(heights).toEqual(heights.toSorted((a, b) => b - a));
  });
});
