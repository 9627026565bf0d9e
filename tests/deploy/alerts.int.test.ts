import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { describeWithOwn } from '../harness/services.js';
import { alertNames, root, testedAlerts } from './monitoring.js';

describe('the tests of the alert rules', () => {
  test('name every alert where it rings and where it does not, and no ghost', () => {
    const names = alertNames();
    expect(names.length).toBeGreaterThan(10);
    const { ringing, silent } = testedAlerts();
    expect([...ringing].sort()).toEqual(names);
    expect([...silent].sort()).toEqual(names);
  });
});

/** Debian's package `prometheus` has it; scripts/services/install.sh installs it. */
describeWithOwn(['promtool'], 'the alert rules', () => {
  const promtool = (...args: string[]) => spawnSync('promtool', args, { cwd: root, encoding: 'utf8' });

  test('are well-formed', () => {
    const { status, stdout, stderr } = promtool('check', 'rules', 'deploy/prometheus/alerts.yml');
    expect(`${stdout}${stderr}`).toMatch(/SUCCESS: \d\d rules found/);
    expect(status).toBe(0);
  });

  test('ring when they should, and not when they should not', () => {
    const { status, stdout, stderr } = promtool('test', 'rules', 'deploy/prometheus/alerts.test.yml');
    expect(`${stdout}${stderr}`.trim()).toMatch(/SUCCESS$/);
    expect(status).toBe(0);
  });
});
