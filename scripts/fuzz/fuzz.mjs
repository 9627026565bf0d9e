// Property-based fuzzing of the API from outside: `npm run fuzz [-- --seconds 30] [--seed 7]`.
//
// schemathesis reads /openapi.json of a real Ferry and sends what the document allows and what it forbids: whatever is answered
// must be in the document, and nothing may be a 5xx. Once as an operator with every scope, once with hardly any, and once as nobody.
import { parseArgs } from 'node:util';
import { startFerry } from './ferry.mjs';
import { hooks, installed, run } from './schemathesis.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds ?? 30);
const seed = values.seed ?? String(Math.floor(Math.random() * 1e9));

/**
 * Left out: `positive_data_acceptance`, because the document cannot say all that makes a request good (the decimals of a currency, a
 * reference that is free, a version that is the newest); `object_level_authorization`, which `ferry attack` does with two tenants.
 */
const leftOut = 'positive_data_acceptance,object_level_authorization';

/** As who, for which part of the time, and without which checks. */
const runs = [
  { name: 'operator', share: 1, leftOut },
  { name: 'reader', share: 0.5, leftOut },
  // Whoever is nobody is refused before anything of the request is looked at.
  { name: 'nobody', share: 0.25, leftOut: `${leftOut},negative_data_rejection,missing_required_header` },
];

const python = await installed();
const ferry = await startFerry();
const failed = [];
try {
  for (const one of runs) {
    console.log(`\n--- as ${one.name}, seed ${seed}`);
    if ((await fuzz(one)) !== 0) failed.push(one.name);
  }
  const answers = answersByRoute(ferry.lines);
  console.log(`\n${[...answers].map(([route, statuses]) => `${route}: ${[...statuses].sort().join(' ')}`).join('\n')}`);
  // A fuzzer that is always refused finds nothing, and must not pass for one that looked.
  const refused = [...answers].filter(([, statuses]) => ![...statuses].some((status) => status < 300));
  if (refused.length > 0) failed.push(`the reach: always refused were ${refused.map(([route]) => route).join(', ')}`);
  if (!(await isLetIn(ferry.keys.operator))) failed.push('the key of the operator, which is not let in any more');
  // An error that was answered as something else, or that nobody waited for.
  const errors = ferry.lines.filter(({ level }) => level === 'error');
  for (const line of errors.slice(0, 5)) console.error(JSON.stringify(line));
  if (errors.length > 0) failed.push(`the log, which has ${errors.length} errors`);
} finally {
  await ferry.stop();
}
if (failed.length > 0)
  console.error(`\nfuzzing failed: ${failed.join(', ')}. Again with: npm run fuzz -- --seed ${seed}`);
process.exitCode = failed.length > 0 ? 1 : 0;

function fuzz({ name, share, leftOut }) {
  const key = ferry.keys[name];
  const args = [
    ...['run', `${ferry.url}/openapi.json`, '--no-color', '--seed', seed, '--generation-database', 'none'],
    ...['--max-time', String(Math.ceil(seconds * share)), '--max-examples', '100', '--max-failures', '20'],
    ...['--checks', 'all', '--exclude-checks', leftOut, '--continue-on-failure', '--warnings', 'off'],
    // Longer than the longest long-poll.
    ...['--request-timeout', '40'],
    ...(key ? ['--header', `Authorization: Bearer ${key}`] : []),
  ];
  return run(python, ['-m', 'schemathesis.cli', ...args], {
    env: { ...process.env, SCHEMATHESIS_HOOKS: hooks, FUZZ_KEPT: ferry.kept.join(',') },
    check: false,
  });
}

/** By the lines that Ferry writes of each request. */
function answersByRoute(lines) {
  const answers = new Map();
  for (const { message, method, route, status } of lines) {
    if (message !== 'request' || route === 'unmatched' || !['GET', 'POST', 'PUT'].includes(method)) continue;
    const name = `${method} ${route}`;
    answers.set(name, (answers.get(name) ?? new Set()).add(status));
  }
  return new Map([...answers].filter(([, statuses]) => [...statuses].some((status) => status !== 405)).sort());
}

async function isLetIn(key) {
  const { status } = await fetch(`${ferry.url}/api/v1/payments`, { headers: { Authorization: `Bearer ${key}` } });
  return status === 200;
}
