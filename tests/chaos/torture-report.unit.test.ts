import { expect, test } from '@jest/globals';
import { BASE_MINUTES, type TortureOptions } from '../../apps/cli/src/torture/options.js';
import { planStrikes } from '../../apps/cli/src/torture/plan.js';
import { heading, lineOf, notTried, verdictLines } from '../../apps/cli/src/torture/report.js';

const options: TortureOptions = { seed: 9, minutes: BASE_MINUTES, payments: 100, recorded: 50, mode: 'cluster' };
const strike = { fault: 'postgres-kill', atMs: 1_000, victim: 0, forMs: 0 } as const;

test('the heading has the seed, and the command for the same again', () => {
  const here = new Set(['postgres', 'rabbitmq', 'kafka', 'redis'] as const);
  const lines = heading(options, here, planStrikes(options, here)).join('\n');
  expect(lines).toMatch(/seed 9: 100 payments, 50 told of and 97 strikes/);
  expect(lines).toContain('ferry torture --seed 9 --minutes 1.5 --payments 100 --recorded 50');
  expect(lines).not.toContain('NOT');
});

test('what is not on this machine, and what was not tried for it, is said aloud', () => {
  const here = new Set(['postgres', 'redis'] as const);
  const { leftOut } = planStrikes(options, here);
  const said =
    'NOT ON THIS MACHINE: rabbitmq, kafka. NOT TRIED: rabbitmq-kill, rabbitmq-restart, messages-duplicate, messages-purge, queue-delete, kafka-away';
  expect(notTried(here, leftOut)).toEqual([said]);
  expect(heading(options, here, planStrikes(options, here))).toContain(said);
});

test('a strike says when it was, what was done, and how long the slowest needed', () => {
  const kind = 'ready after PostgreSQL';
  const recoveries = [
    { kind, who: 'api 1', ms: 100 },
    { kind, who: 'worker 2', ms: 1_540 },
  ] as const;
  const what = 'PostgreSQL killed, 1.0 s away';
  expect(lineOf({ strike, atMs: 1_234, what, recoveries })).toBe(
    '   1.2 s  postgres-kill       PostgreSQL killed, 1.0 s away; ready after PostgreSQL in 1.5 s',
  );
  expect(lineOf({ strike, atMs: 1_234, what })).toBe('   1.2 s  postgres-kill       PostgreSQL killed, 1.0 s away');
});

test('a verdict says how many were looked at; a broken one names some, is counted, and comes last', () => {
  const broken = Array.from({ length: 7 }, (_, i) => `payment ${i}`);
  const lines = verdictLines([
    { name: 'other', meaning: 'this does not', checked: 9, broken },
    { name: 'one', meaning: 'this holds', checked: 3, broken: [] },
  ]);
  expect(lines).toEqual([
    'holds   one                         this holds (3 checked)',
    'BROKEN  other                       this does not (7 of 9 checked)',
    ...broken.slice(0, 5).map((name) => `          ${name}`),
    '',
    '1 of 2 do not hold',
  ]);
  expect(verdictLines([]).at(-1)).toBe('all of it holds');
});
