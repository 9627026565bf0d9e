import { describe, expect, test } from '@jest/globals';
import { metricsCatalogue } from '@ferry/metrics';
import { alertNames, metricsIn, read, recordNames, rules } from './monitoring.js';

/** What docs/metrics.md describes is the catalogue: tests/docs.unit.test.ts holds them together. */
const known = new Set([...metricsCatalogue.map(({ name }) => `ferry_${name}`), ...recordNames()]);
/** Those of them that are not there. A histogram has its series under three names. */
const unknownIn = (text: string): string[] =>
  metricsIn(text).filter((name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')));

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
}

const dashboard = JSON.parse(read('deploy/grafana/ferry.json')) as {
  readonly title: string;
  readonly uid: string;
  readonly panels: readonly Panel[];
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

describe('the alert rules', () => {
  test('name metrics that exist', () => {
    expect(unknownIn(rules)).toEqual([]);
    expect(unknownIn('rate(ferry_no_such_total[5m])')).toEqual(['ferry_no_such_total']);
  });

  test('are told of to operators, each', () => {
    const page = read('docs/operations.md');
    expect(alertNames().filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the dashboard', () => {
  test.each(panels.map((panel) => [panel.title, panel] as const))('%s: names metrics that exist', (_title, panel) => {
    const exprs = (panel.targets ?? []).map(({ expr }) => expr);
    expect(exprs.length).toBeGreaterThan(0);
    for (const expr of exprs) expect(metricsIn(expr).length).toBeGreaterThan(0);
    expect(exprs.flatMap(unknownIn)).toEqual([]);
  });

  test('shows every figure that the rules make, and the gauge of every alarm of recording', () => {
    const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n');
    for (const figure of recordNames()) expect(shown).toContain(figure);
    for (const gauge of ['ferry_staging_backlog', 'ferry_partition_space_used']) expect(shown).toContain(gauge);
  });

  test('asks of no metric by a label that it does not have', () => {
    const labelsOf = new Map(metricsCatalogue.map(({ name, labels }) => [`ferry_${name}`, labels]));
    const asked = [rules, ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))].flatMap((text) =>
      [...text.matchAll(/\b(ferry_\w+?)(?:_bucket|_sum|_count)?\{(\w+)[=!]/g)].map(([, name = '', label = '']) => [
        name,
        label,
      ]),
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(([name = '', label = '']) => !labelsOf.get(name)?.includes(label))).toEqual([]);
  });

  test('no two panels lie on each other', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});
