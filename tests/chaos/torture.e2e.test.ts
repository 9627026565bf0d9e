import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { FerryProcess } from '../harness/ferry.js';
import { describeWithOwn } from '../harness/services.js';

/** `ferry torture` itself, at the size of CI, with a seed of its own choice: a failure prints it, and how to run the same again. */
let directory: string;
let running: FerryProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ferry-tortured-'));
  chmodSync(directory, 0o755); // PostgreSQL has a user of its own
});
afterEach(async () => {
  running?.signal('SIGTERM'); // it cleans up; after a test that failed there may be something left to clean
  await running?.exited;
  rmSync(directory, { recursive: true, force: true });
});

function torture(...args: string[]): FerryProcess {
  const { HOME = '', FERRY_KAFKA_LIBS = '' } = process.env;
  const inherited = { ...(HOME && { HOME }), ...(FERRY_KAFKA_LIBS && { FERRY_KAFKA_LIBS }) };
  // What a shell may have set must not be touched.
  const environment = { ...inherited, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing', TMPDIR: directory };
  running = new FerryProcess('cli', ['torture', ...args], environment);
  return running;
}

const outputOf = ({ lines }: FerryProcess): string => lines.map(({ text }) => String(text)).join('\n');

/** Its files and processes: all of them have the directory in their arguments or their environment. */
function leftovers(): string[] {
  const processes = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return ['cmdline', 'environ'].some((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(directory));
    } catch {
      return false; // ended meanwhile, or not ours to read
    }
  });
  return [...readdirSync(directory), ...processes];
}

/** Its files go before it does; what it killed as it ended may take a moment to be gone. */
async function expectNothingLeft(): Promise<void> {
  expect(readdirSync(directory)).toEqual([]);
  await eventually('nothing of it runs', () => leftovers().length === 0);
}

async function expectAllHeld(run: FerryProcess): Promise<string> {
  const code = await run.exited;
  const output = outputOf(run);
  process.stderr.write(`${output}\n`);
  expect({ code, broken: output.match(/^BROKEN.*(\n {6,}.*)*/gm) }).toEqual({ code: 0, broken: null });
  expect(output).toContain('all of it holds');
  await expectNothingLeft();
  return output;
}

describeWithOwn(['postgres', 'rabbitmq', 'redis', 'kafka'], 'ferry torture', () => {
  test('20,000 payments survive everything that there is to survive', async () => {
    const output = await expectAllHeld(torture());
    expect(output).not.toContain('NOT ON THIS MACHINE');
    const figure = (what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(output)?.[1]);
    expect(figure('payments accepted')).toBe(20_000);
    expect(figure('processes of Ferry killed')).toBeGreaterThanOrEqual(50);
    expect(figure('postgres-kill')).toBeGreaterThanOrEqual(12);
  }, 900_000);
});

describe('ferry torture --embedded', () => {
  test('`ferry start` survives its own death and that of its database', async () => {
    const output = await expectAllHeld(torture('--embedded', '--minutes', '0.4'));
    expect(output).toMatch(/no Kafka: \d+ by history/);
    expect(Number(/(\d+) processes of Ferry killed/.exec(output)?.[1])).toBeGreaterThanOrEqual(3);
  }, 400_000);

  test('Ctrl-C leaves nothing behind', async () => {
    const run = torture('--embedded', '--minutes', '5', '--payments', '1000');
    while (!outputOf(run).includes('embedded: one process')) await sleep(50);
    await eventually('there is something to leave behind', () => leftovers().length > 0);
    run.signal('SIGINT');
    expect(await run.exited).toBe(1);
    expect(outputOf(run)).toContain('interrupted by SIGINT');
    await expectNothingLeft();
  });
});

test('torture says what it lacks, and never passes without having tried', async () => {
  running = new FerryProcess('cli', ['torture'], { PATH: '/nowhere', TMPDIR: directory });
  expect(await running.exited).toBe(1);
  expect(outputOf(running)).toMatch(/PostgreSQL is not installed here/);
});

test.each([
  [['--minutes', 'soon'], /must be a number/],
  [['--seed', '-1'], /must be a whole number/],
  [['--payments', '0'], /must be a whole number/],
  [['--faults', 'worker-kill,earthquake'], /no fault "earthquake"/],
  [['--faults', 'worker-kill', '--embedded'], /no worker-kill with --embedded/],
])('%j are bad arguments', async (args, why) => {
  const run = torture(...args);
  expect(await run.exited).toBe(2);
  expect(outputOf(run)).toMatch(why);
});
