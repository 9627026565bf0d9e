import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { Client } from '../harness/client.js';
import { recordProcess } from '../harness/record.js';

/** So long that whoever is told twice to stop would not wait for it. */
const slowRail = {
  SIMULATED_LATENCY: 'uniform',
  SIMULATED_LATENCY_MIN_MS: '3000',
  SIMULATED_LATENCY_P50_MS: '3000',
  SIMULATED_LATENCY_MAX_MS: '3000',
  SIMULATED_SUCCESS_RATE: '1',
};

/** What `npm start` promises beyond `ferry start`: it ends with npm, once, and leaves nothing running. */
describe('npm start', () => {
  let directory: string;
  let npm: ChildProcess;
  let output = '';

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-npm-'));
    output = '';
    // `--ignore-scripts` leaves out the build of `prestart`: the tests have built already.
    npm = spawn('npm', ['start', '--ignore-scripts'], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...process.env, FERRY_DATA_DIR: directory, PORT: '0', METRICS_PORT: '0', ...slowRail },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    recordProcess(npm, 'npm-start', 'server');
    for (const stream of [npm.stdout, npm.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => output.includes('is running'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = performance.now() + 90_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`not in time:\n${output}`);
      await sleep(50);
    }
  };

  test('Ctrl-C, which a terminal gives to npm and to Ferry, is one orderly stop', async () => {
    process.kill(-(npm.pid as number), 'SIGINT');
    await until(() => output.includes('"stopped"'));
    expect(output.match(/"stopping"/g)).toHaveLength(1);
    expect(output).not.toMatch(/"level":"error"|postgres is away/);
  });

  test('SIGTERM to npm alone stops Ferry too, and lets what it works at end', async () => {
    const client = new Client(/http:\S+\d(?=\/api)/.exec(output)?.[0] ?? '');
    const { body } = await client.pay('slow');
    await eventually('it is worked at', async () => {
      const read = await client.get(`/api/v1/payments/${body.id}`);
      return read.body.status === 'PROCESSING';
    });
    client.close();
    npm.kill('SIGTERM');
    await until(() => output.includes('"stopped"'));
    expect(output).toContain('payment ended');
    expect(output.match(/"stopping"/g)).toHaveLength(1);
  });
});
