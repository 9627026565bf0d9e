import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { recordProcess } from '../harness/record.js';

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
      env: { ...process.env, FERRY_DATA_DIR: directory, PORT: '0', METRICS_PORT: '0' },
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

  test('SIGTERM to npm alone stops Ferry too', async () => {
    npm.kill('SIGTERM');
    await until(() => output.includes('"stopped"'));
  });
});
