// Are the packages that Ferry is made of those that somebody has looked at? `npm run check:dependencies`. It needs no network.
//
// `-- --write` puts the names of today's packages into production.txt, for a change that somebody has looked at.
import { readFileSync, writeFileSync } from 'node:fs';
import { productionNames, rules } from './rules.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const lock = JSON.parse(read('../../package-lock.json'));
const listed = new URL('production.txt', import.meta.url);
if (process.argv.includes('--write')) writeFileSync(listed, `${productionNames(lock).join('\n')}\n`);

const { allowScripts } = JSON.parse(read('../../package.json'));
const known = {
  allowScripts,
  production: read('production.txt').trim().split('\n'),
  requirements: read('../fuzz/requirements.txt'),
};
for (const [what, rule] of Object.entries(rules)) {
  const broken = rule(lock, known);
  if (broken.length > 0) process.exitCode = 1;
  console.log(`${broken.length === 0 ? 'ok ' : 'BAD'} ${what}${broken.map((one) => `\n      ${one}`).join('')}`);
}
