// The last step of `npm test`: is any secret that the run made in any line that a process of the run logged?
// tests/harness/record.ts keeps both in a directory: `secrets` (one JSON text a line) and `logs/` (a file for each stream).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const key = /fk_(?:live|test)_[0-9a-hjkmnp-tv-z]{12}_[0-9a-hjkmnp-tv-z]{52}/gi;
/**
 * What is a secret by its form alone, whether or not somebody noted it. The secret of a key is its last 52 letters, alone too.
 * @type {readonly (readonly [what: string, form: RegExp])[]}
 */
const forms = [
  ['an API key', key],
  ['the secret of an API key', /(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{52}(?![0-9a-z])/gi],
  ['a JSON Web Token', /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g],
  // But for `secret`, the password of the examples with which settings are explained.
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"'<>]*:(?!secret@)[^\s@/"'<>]+@/gi],
];

/**
 * A line of a logger, in output that is otherwise for whoever called the command.
 * @param {string} line
 */
const isLogLine = (line) => /^\{.*"(level|message)":/.test(line) && line.includes('"timestamp":');

/**
 * @param {string} directory
 * @returns {{ streams: number, lines: number, secrets: number, leaks: string[] }} each leak by place and kind, never by value
 */
export function searchLogs(directory) {
  const folder = join(directory, 'logs');
  const streams = existsSync(folder) ? readdirSync(folder).sort() : [];
  const noted = existsSync(join(directory, 'secrets')) ? readFileSync(join(directory, 'secrets'), 'utf8') : '';
  const secrets = new Set(noted.split('\n').flatMap((line) => (line === '' ? [] : spellings(JSON.parse(line)))));
  const texts = streams.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    if (!name.endsWith('.out')) return { name, text };
    const lines = text.split('\n');
    for (const line of lines.filter((one) => !isLogLine(one)))
      for (const [found] of line.matchAll(key)) for (const secret of spellings(found)) secrets.add(secret);
    return { name, text: lines.map((line) => (isLogLine(line) ? line : '')).join('\n') };
  });
  /** @type {Set<string>} */
  const leaks = new Set();
  for (const { name, text } of texts) {
    const at = (/** @type {number} */ index) => `${name}:${text.slice(0, index).split('\n').length}`;
    for (const secret of secrets) {
      const index = text.indexOf(secret);
      if (index >= 0) leaks.add(`${at(index)}: a secret of the tests (${secret.slice(0, 3)}...)`);
    }
    for (const [what, form] of forms) for (const { index } of text.matchAll(form)) leaks.add(`${at(index)}: ${what}`);
  }
  const lines = texts.reduce((sum, { text }) => sum + text.split('\n').filter((line) => line !== '').length, 0);
  return { streams: streams.length, lines, secrets: secrets.size, leaks: [...leaks] };
}

/**
 * As it is, as it stands in JSON and in a URL; of a key also the secret part alone.
 * @param {string} secret
 */
function spellings(secret) {
  const own = /^fk_(live|test)_/.test(secret) ? [secret, secret.split('_')[3] ?? ''] : [secret];
  return own
    .flatMap((one) => [one, JSON.stringify(one).slice(1, -1), encodeURIComponent(one)])
    .filter((one) => one.length >= 12);
}
