import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export const rules = read('deploy/prometheus/alerts.yml');

const captured = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name]) => name as string)),
];

export const alertNames = (): string[] => captured(rules, /- alert: (\w+)/g).sort();
export const recordNames = (): string[] => captured(rules, /- record: (\S+)/g);

/** Alerts that the tests of the rules expect, and those that they expect not to ring. */
export function testedAlerts(): { readonly ringing: readonly string[]; readonly silent: readonly string[] } {
  const tests = read('deploy/prometheus/alerts.test.yml');
  return {
    ringing: captured(tests, /alertname: (\w+)\n\s+exp_alerts:\n\s+- exp_labels/g),
    silent: captured(tests, /alertname: (\w+), exp_alerts: \[\]/g),
  };
}

/** Metrics of Ferry, and figures that the rules make of them, that an expression names. */
export const metricsIn = (text: string): string[] => captured(text, /\b(ferry_\w+|ferry:[\w:]+)/g);
