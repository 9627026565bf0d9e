import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { format } from 'prettier';
import { errorsPage } from './errors-page.js';

const file = new URL('../../../docs/errors.md', import.meta.url);

test('docs/errors.md says what the code does', async () => {
  const page = await format(errorsPage(), { parser: 'markdown', printWidth: 120, singleQuote: true });
  if (process.env['UPDATE_DOCS']) writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});
