// Property-based fuzzing of the API from outside: `npm run fuzz [-- --examples 100] [--seed 7]`.
//
// schemathesis reads /openapi.json of a real Ferry and sends what the document allows and what it forbids: whatever is answered
// must be in the document, and nothing may be a 5xx.
import { parseArgs } from 'node:util';
import { startFerry } from './ferry.mjs';
import { answersByRoute, neverServed } from './reach.mjs';
import { fuzz, installed } from './schemathesis.mjs';

const { values } = parseArgs({
  options: { examples: { type: 'string', default: '30' }, seed: { type: 'string' } },
});
const examples = Number(values.examples);
const seed = values.seed ?? String(Math.floor(Math.random() * 1e9));

/** Whoever is nobody is refused before anything of the request is looked at. */
const notForNobody = ['negative_data_rejection', 'missing_required_header'];

/** Who calls the routes of which listener; part of the examples, and checks that do not hold for them. */
const runs = [
  { who: 'owner', listener: 'tenants', part: 1 },
  { who: 'unit', listener: 'tenants', part: 0.3 },
  { who: 'reader', listener: 'tenants', part: 0.2 },
  { who: 'nobody', listener: 'tenants', part: 0.2, without: notForNobody },
  { who: 'operator', listener: 'operators', part: 1 },
  { who: 'owner', listener: 'operators', part: 0.3 },
  { who: 'nobody', listener: 'operators', part: 0.2, without: notForNobody },
];

const python = await installed();
const ferry = await startFerry();
try {
  const failed = await findings();
  for (const one of failed) console.error(`\nFOUND: ${one}`);
  if (failed.length > 0) console.error(`\nAgain with: npm run fuzz -- --examples ${examples} --seed ${seed}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  await ferry.stop();
}

/** What went wrong, in a line each; the details stand above. */
async function findings() {
  const document = await (await fetch(`${ferry.urls.tenants}/openapi.json`)).json();
  await declareExamples(document);
  const found = [];
  for (const run of runs) {
    console.log(`\n--- ${run.who} calls the routes for ${run.listener}, seed ${seed}`);
    const fault = await fuzz(python, ferry, document, { ...run, seed, examples: Math.ceil(examples * run.part) });
    if (fault) found.push(`as ${run.who} on the listener for ${run.listener}: ${fault}`);
    const endedBy = ferry.endedBy();
    if (endedBy !== undefined)
      return [...found, `Ferry ended (${endedBy}), and said: ${JSON.stringify(ferry.lines.slice(-5))}`];
  }
  const answers = answersByRoute(document, ferry.lines);
  for (const [route, statuses] of answers) console.log(`${route}: ${statuses.join(' ')}`);
  // A fuzzer that is always refused finds nothing, and must not pass for one that looked.
  const unserved = neverServed(answers);
  if (unserved.length > 0) found.push(`never served, so hardly tried: ${unserved.join(', ')}`);
  if (!(await isLetIn())) found.push('the key of the owner is not let in any more, so what came after proves nothing');
  // An error that was answered as something else, or that nobody waited for.
  const errors = ferry.lines.filter(({ level }) => level === 'error');
  if (errors.length > 0) found.push(`${errors.length} errors in the log, the first: ${JSON.stringify(errors[0])}`);
  return found;
}

/** A webhook comes in only by a channel that is there, and what makes one comes later in the document than what uses it. */
async function declareExamples({ paths }) {
  const { parameters, put } = paths['/api/v1/channels/{channel}'];
  const [{ schema }] = put.parameters ?? parameters;
  const [{ value }] = Object.values(put.requestBody.content['application/json'].examples);
  const { status } = await fetch(`${ferry.urls.tenants}/api/v1/channels/${schema.example}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${ferry.keys.owner}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  });
  if (status >= 300) throw new Error(`the channel of the examples was answered ${status}`);
}

async function isLetIn() {
  const headers = { Authorization: `Bearer ${ferry.keys.owner}` };
  return (await fetch(`${ferry.urls.tenants}/api/v1/payments`, { headers })).status === 200;
}
