import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { ChangeTenantStatus, exportAudit, KeepSecrets, ManageUsers, operatorGrantor } from '@ferry/tenancy';
import { InMemorySecretBox, InMemoryTenancy, newTenant, somebody } from '@ferry/tenancy/testing';

const page = readFileSync(join(resolve(import.meta.dirname, '..'), 'docs/tenancy.md'), 'utf8');
const [, recipe = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython && process.env.REQUIRE_SERVICES === '1') throw new Error('REQUIRE_SERVICES=1, but there is no python3');
if (!hasPython) process.stderr.write('no python3 here: the recipe of docs/tenancy.md is not tried\n');

/** What docs/tenancy.md gives an auditor who has an export and no Ferry. */
(hasPython ? describe : describe.skip)('the check of an exported audit log', () => {
  let lines: string[];
  beforeAll(async () => {
    const store = new InMemoryTenancy();
    const telling = { clock: { now: () => new Date() }, newId };
    const { id } = await newTenant(store);
    const status = new ChangeTenantStatus(store.tenants, telling);
    await status.execute(id, 'SUSPENDED', somebody);
    await status.execute(id, 'ACTIVE', { actor: { kind: 'system', id: 'ferry' } });
    const users = new ManageUsers(store.users, store.tenants, telling);
    const zoe = { subject: 'Zoë "π" \u2028\ud83d\ude80 </script>\\', role: 'admin' } as const;
    await users.letIn(id, zoe, operatorGrantor, somebody);
    await new KeepSecrets(store.configs, new InMemorySecretBox(), telling).add(id, 'webhook/a', 'x', 0, somebody);
    lines = [];
    for await (const line of exportAudit(store.auditChain, id)) lines.push(line.trimEnd());
  });
  const check = (given: readonly string[], ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('python3', ['-c', recipe, ...args], {
      input: given.map((line) => `${line}\n`).join(''),
      encoding: 'utf8',
    });
    return { status, said: stdout.trim() || (stderr.trim().split('\n').at(-1) ?? '') };
  };
  const fieldOf = (line: string | undefined, name: string): unknown =>
    (JSON.parse(line ?? '') as Record<string, unknown>)[name];
  const changed = (i: number, change: object): string[] =>
    lines.map((line, j) => (i === j ? JSON.stringify({ ...(JSON.parse(line) as object), ...change }) : line));

  test('proves what was exported, whole or continued behind a hash that was kept', () => {
    expect(lines).toHaveLength(4);
    expect(check(lines)).toEqual({ status: 0, said: `proven up to 4 ${String(fieldOf(lines[3], 'hash'))}` });
    expect(check(lines.slice(2), String(fieldOf(lines[1], 'hash'))).status).toBe(0);
    expect(check(lines.slice(2)).status).toBe(0);
  });

  test('goes on behind an entry of which only the place is left', () => {
    const { tenant_id, id, sequence, previous_hash, hash } = JSON.parse(lines[1] ?? '') as Record<string, unknown>;
    const left = JSON.stringify({ tenant_id, id, dropped: true, sequence, previous_hash, hash });
    expect(check(lines.with(1, left)).status).toBe(0);
  });

  test.each<[string, () => readonly string[], string, string?]>([
    ['a line taken out', () => lines.toSpliced(1, 1), 'not behind the line before'],
    ['the first line taken out, with the hash that was kept', () => lines.slice(1), 'not behind', '0'.repeat(64)],
    ['two lines swapped', () => lines.with(1, lines[2] ?? '').with(2, lines[1] ?? ''), 'not behind the line before'],
    ['another subject', () => changed(2, { subject: 'eve' }), 'the fields say something else than the proof'],
    ['another time', () => changed(2, { at: '2020-01-01T00:00:00.000Z' }), 'the fields say something else'],
    ['another role before or after', () => changed(2, { after: { role: 'viewer' } }), 'the fields say something else'],
    ['another content', () => changed(2, { content: String(fieldOf(lines[1], 'content')) }), 'altered'],
    ['another sequence', () => changed(3, { sequence: 5 }), 'altered'],
  ])('finds %s', (_what, given, fault, ...args) => {
    const { status, said } = check(given(), ...args.filter((arg) => arg !== undefined));
    expect([status, said]).toEqual([1, expect.stringContaining(fault)]);
  });
});
