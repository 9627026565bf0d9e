import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { auditActions, configJson, defaultConfig, parseConfig, roles, scopes, type JsonValue } from '@ferry/tenancy';

const page = readFileSync(join(resolve(import.meta.dirname, '..'), 'docs/tenancy.md'), 'utf8');
/** Rows of the table under this head, as they stand. */
const rows = (head: string): string[] => {
  const lines = page.split('\n');
  const from = lines.indexOf(head);
  expect(from).toBeGreaterThan(0);
  const end = lines.indexOf('', from);
  return lines.slice(from + 2, end);
};

test('docs/tenancy.md has every scope and what it lets, and no ghost', () => {
  expect(rows('| scope | lets |')).toEqual(Object.entries(scopes).map(([scope, lets]) => `| \`${scope}\` | ${lets} |`));
});

test('docs/tenancy.md has every role and its scopes, and no ghost', () => {
  const told = (one: readonly string[]): string => one.map((scope) => `\`${scope}\``).join(', ');
  expect(rows('| role of a person | scopes |')).toEqual(
    Object.entries(roles).map(([role, its]) => `| \`${role}\` | ${told(its)} |`),
  );
});

test('docs/tenancy.md has every action of the audit log, and no ghost', () => {
  const about = Object.groupBy(auditActions, (action) => action.split('.')[0] ?? '');
  const told = (actions: readonly string[] = []): string =>
    actions.map((action) => `\`${action.split('.')[1]}\``).join(', ');
  expect(rows('| about | actions |')).toEqual(
    Object.entries(about).map(([subject, actions]) => `| \`${subject}\` | ${told(actions)} |`),
  );
});

test('docs/tenancy.md has every field of a configuration, and no ghost', () => {
  const fields = rows('| field | default | meaning |').map((row) => /^\| `([\w.]+)`/.exec(row)?.[1] ?? row);
  for (const field of fields) {
    const [outer = '', inner] = field.split('.');
    const wrong: JsonValue = inner ? { [outer]: { [inner]: 'wrong' } } : { [outer]: 'wrong' };
    const result = parseConfig(wrong);
    expect('faults' in result && result.faults.map(({ rule }) => rule)).not.toContain('is unknown');
  }
  const full = {
    ...defaultConfig,
    limits: { ...defaultConfig.limits, requestsPerMinute: 1, paymentsPerDay: 1 },
  };
  const known = Object.entries(configJson(full) as Record<string, object>).flatMap(([outer, value]) =>
    Array.isArray(value) ? [outer] : Object.keys(value).map((inner) => `${outer}.${inner}`),
  );
  expect(fields).toEqual(known);
});
